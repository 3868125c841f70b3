import { STANDARD_OUTPUT } from '../options/default-output.js';
import { standardOutputSink } from './byte-sink.js';
import { LineWriter } from './line-writer.js';
import { writeFiles } from './pending-files.js';
import { rowFormatOf } from './row-format.js';
import type { RowOrigin } from './row-origin.js';
import { openRowWriter } from './row-writer.js';
import { type OutputRow, spellRow } from './spell-row.js';

/**
 * Writes rows to an output in the format of its name, in place only when it is whole; to standard output as lines.
 * @param origin - Where the rows come from, if that is one dataset.
 * @throws {ReflectionError} `output_unwritable`, and what reading the rows throws.
 */
export async function writeRows(
  output: string,
  rows: AsyncIterable<OutputRow> | Iterable<OutputRow>,
  origin?: RowOrigin,
): Promise<void> {
  if (output === STANDARD_OUTPUT) {
    const lines = new LineWriter(standardOutputSink());
    for await (const row of rows) await lines.append(spellRow(row));
    await lines.close({ durably: false });
    return;
  }
  await writeFiles(async (files) => {
    const format = rowFormatOf(output, origin?.format);
    const writer = await files.open(output, (path, name) => openRowWriter(path, format, name, origin));
    for await (const row of rows) await writer.append(row);
  });
}
