import { ReflectionError } from '../errors.js';
import { exactId } from '../util/json-members.js';
import { type ReferenceRow, unusableRow } from './reference-rows.js';

type JoinableRow = Pick<ReferenceRow, 'file' | 'line' | 'object' | 'row'>;

interface JoinableFile<Row extends JoinableRow> {
  readonly file: string;
  readonly rows: readonly Row[];
}

/**
 * The rows of several files side by side, in the order of the first file.
 * @param joinBy - A field by which rows are known to belong together: it holds a string or a number that no other row of
 *   the file has. By their position unless told.
 * @throws {ReflectionError} `dataset_unreadable` when the files do not have the same number of rows (naming
 * each and its count) or, joined by id, not the same ids.
 */
export function joinRows<Name extends string, Row extends JoinableRow>(
  files: Readonly<Record<Name, JoinableFile<Row>>>,
  joinBy?: string,
): Readonly<Record<Name, Row>>[] {
  const entries = Object.entries<JoinableFile<Row>>(files);
  const first = entries[0]?.[1];
  if (first === undefined) return [];
  requireEqualLengths(entries.map(([, file]) => file));
  const columns = entries.map(([name, file]) => ({ name, rowFor: lookup(file, joinBy) }));
  return first.rows.map((row, index) => {
    const joined = columns.map(({ name, rowFor }) => [name, rowFor(row, index)]);
    return Object.fromEntries(joined) as Record<Name, Row>;
  });
}

function requireEqualLengths(files: readonly JoinableFile<JoinableRow>[]): void {
  if (new Set(files.map(({ rows }) => rows.length)).size === 1) return;
  const counts = files.map(({ file, rows }) => `${file} has ${rows.length}`).join(', ');
  throw new ReflectionError(
    'dataset_unreadable',
    `The files do not have the same number of rows: ${counts}.`,
    {
      remedy: 'Check that all of them were made from one dataset and written to the end.',
    },
  );
}

/** Finds the row of `file` that belongs to a row of the first file. */
function lookup<Row extends JoinableRow>(
  file: JoinableFile<Row>,
  joinBy: string | undefined,
): (row: Row, index: number) => Row {
  if (joinBy === undefined) return (_, index) => file.rows[index]!;
  const byId = new Map<unknown, Row>();
  for (const row of file.rows) {
    const id = idOf(row, joinBy);
    const earlier = byId.get(id);
    if (earlier !== undefined) {
      throw unusableRow(row, `line ${earlier.line} has the same "${joinBy}", ${JSON.stringify(id)}`);
    }
    byId.set(id, row);
  }
  return (row) => {
    const id = idOf(row, joinBy);
    const found = byId.get(id);
    if (found !== undefined) return found;
    throw unusableRow(row, `${file.file} has no row with its "${joinBy}", ${JSON.stringify(id)}`);
  };
}

function idOf(row: JoinableRow, field: string): string | number {
  const id = exactId(row.row.text, row.object, field);
  if (id !== undefined) return id;
  throw unusableRow(row, `it has no "${field}" to be joined by`);
}
