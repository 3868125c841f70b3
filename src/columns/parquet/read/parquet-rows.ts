import type { ColumnRow, ColumnRows } from '../../column-row.js';
import { columnsError } from '../../columns-error.js';
import { INVALID_TEXT_FAULT } from '../../invalid-text.js';
import { hasInvalidText } from '../../spell-json.js';
import { rowAssembler } from './assemble-rows.js';
import { LeafCursor, type LeafLevels } from './leaf-cursor.js';
import { leafPages, loadPageDecoding, type PageDecoding } from './leaf-pages.js';
import { pageCodecs } from './page-codecs.js';
import type { ParquetFile } from './parquet-file.js';
import { spellLeaf } from './spell-leaf.js';

/** Rows made at a time, unless pages end before. */
const MOST_ROWS = 1024;

/**
 * The rows of a Parquet file, holding a page or two of each column.
 * @throws {ColumnsError}
 */
export async function* parquetRows(file: ParquetFile): AsyncGenerator<ColumnRows, void> {
  const decoding = await loadPageDecoding(await pageCodecs());
  for (const [group, { num_rows: rows }] of file.metadata.row_groups.entries()) {
    yield* groupRows(file, group, Number(rows), decoding);
  }
}

async function* groupRows(
  file: ParquetFile,
  group: number,
  rows: number,
  decoding: PageDecoding,
): AsyncGenerator<ColumnRows, void> {
  const cursors = file.leaves.map((path, leaf) => {
    const pages = leafPages(file, group, leaf, decoding);
    return new LeafCursor(pages, levelsOf(path), spellLeaf(path.at(-1)!.element));
  });
  const unused = cursors.values();
  const assemble = rowAssembler(file.schema, { next: () => unused.next().value! });
  function* assembled(count: number): Generator<ColumnRow, void> {
    for (let i = 0; i < count; i++) {
      const json = guarded(assemble, group);
      for (const cursor of cursors) cursor.endRow();
      yield hasInvalidText(json) ? { json, fault: INVALID_TEXT_FAULT } : { json };
    }
  }
  for (let left = rows; left > 0; ) {
    let count = Math.min(left, MOST_ROWS);
    for (const cursor of cursors) {
      if (cursor.wholeRows === 0) await cursor.load();
      count = Math.min(count, cursor.wholeRows);
    }
    if (count === 0) guarded(() => raise('a column ends before its row group'), group);
    yield { rows: assembled(count), count };
    left -= count;
  }
}

/** How deep a leaf lies below the root. */
export function levelsOf(path: ParquetFile['leaves'][number]): LeafLevels {
  const steps = path.slice(1).map(({ element }) => element.repetition_type);
  return {
    definition: steps.filter((step) => step !== 'REQUIRED').length,
    repetition: steps.filter((step) => step === 'REPEATED').length,
  };
}

function guarded<Result>(work: () => Result, group: number): Result {
  try {
    return work();
  } catch (cause) {
    throw columnsError(cause, `in row group ${group + 1}`, 'Fetch the file or write it again.');
  }
}

function raise(problem: string): never {
  throw new Error(problem);
}
