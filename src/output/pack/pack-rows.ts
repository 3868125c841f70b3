import type { RowFormat } from '../row-format.js';
import { packLines } from './pack-lines.js';

/**
 * Copies rows, a line of JSON each, into a new file of the format that they are to have; it is on disk when it resolves.
 * @throws {ReflectionError} `output_unwritable`.
 */
export async function packRows(lines: string, to: string, format: RowFormat): Promise<void> {
  await packLines(lines, to, format);
}
