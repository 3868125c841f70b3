import type { RecordBatch, Schema } from 'apache-arrow';
import type { ColumnRow, ColumnRows } from '../column-row.js';
import { columnsError } from '../columns-error.js';
import { INVALID_TEXT_FAULT } from '../invalid-text.js';
import { hasInvalidText } from '../spell-json.js';
import { spellData } from './spell-data.js';

/** The rows of a stream of Arrow's, a batch at a time. @throws {ColumnsError} */
export async function* arrowRows(batches: AsyncIterable<RecordBatch>): AsyncGenerator<ColumnRows, void> {
  const arrow = await import('apache-arrow');
  for await (const batch of batches) {
    const spell = guarded(() => spellData(batch.data, arrow));
    yield { rows: rowsOf(batch.numRows, spell), count: batch.numRows };
  }
}

/** The columns of a schema with their types: `"messages: List<Struct<...>>"`. */
export function arrowColumns({ fields }: Schema): readonly string[] {
  return guarded(() => fields.map(({ name, type }) => `${name}: ${type}`));
}

function* rowsOf(count: number, spell: (place: number) => string): Generator<ColumnRow, void> {
  for (let place = 0; place < count; place++) {
    const json = guarded(() => spell(place));
    yield hasInvalidText(json) ? { json, fault: INVALID_TEXT_FAULT } : { json };
  }
}

function guarded<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw columnsError(cause, 'as an Arrow stream', 'Fetch the file or write it again.');
  }
}
