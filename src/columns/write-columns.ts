import { hash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isJsonObject, parseJsonIfValid } from '../util/json-value.js';
import { writeArrow } from './arrow/arrow-writer.js';
import type { Field } from './field-type.js';
import type { AddedNames } from './kept-columns.js';
import { writeParquet } from './parquet/write/parquet-writer.js';
import type { WrittenRow } from './written-row.js';
import { WrittenRows } from './written-rows.js';

export interface WrittenColumns {
  readonly sources: readonly string[];
  readonly rows: AsyncIterable<WrittenRow>;
  /** The columns that are added behind those of the sources. */
  readonly fields: readonly Field[];
  readonly names: Omit<AddedNames, 'names'>;
}

/**
 * Writes rows of files of columns into a file; or into a new folder, a part for each source, as `datasets` saves them where
 * they are of Arrow's.
 * @throws {ColumnsError} when a source cannot be read; errors of the system.
 */
export async function writeColumns(
  to: string,
  format: 'parquet' | 'arrow',
  isFolder: boolean,
  columns: WrittenColumns,
): Promise<void> {
  const write = format === 'parquet' ? writeParquet : writeArrow;
  const rows = await WrittenRows.of(columns.rows);
  if (!isFolder) await write(to, { ...columns, rows });
  else
    await writeParts(to, format, columns.sources, (part, sources) =>
      write(part, { ...columns, sources, rows }),
    );
  if (!rows.isDone) throw new Error('there are fewer rows in the sources than are written');
}

async function writeParts(
  folder: string,
  format: 'parquet' | 'arrow',
  sources: readonly string[],
  write: (part: string, sources: readonly string[]) => Promise<void>,
): Promise<void> {
  await mkdir(folder);
  const parts = sources.length === 0 ? [[]] : sources.map((source) => [source]);
  const names = parts.map((_, i) => partName(format, i, parts.length));
  for (const [i, part] of parts.entries()) await write(join(folder, names[i]!), part);
  if (format === 'arrow') await describeSaved(folder, names, sources[0]);
}

function partName(format: 'parquet' | 'arrow', part: number, parts: number): string {
  const [number, count] = [part, parts].map((value) => String(value).padStart(5, '0'));
  return `${format === 'parquet' ? 'part' : 'data'}-${number}-of-${count}.${format}`;
}

/** What `datasets` looks for in a folder. It finds out the columns' types itself where the description names none. */
async function describeSaved(
  folder: string,
  names: readonly string[],
  source: string | undefined,
): Promise<void> {
  const beside = async (name: string) => {
    const text =
      source === undefined ? '' : await readFile(join(dirname(source), name), 'utf8').catch(() => '');
    const value = parseJsonIfValid(text);
    return isJsonObject(value) ? value : {};
  };
  const state = {
    ...{
      _format_columns: null,
      _format_kwargs: {},
      _format_type: null,
      _output_all_columns: false,
      _split: null,
    },
    ...(await beside('state.json')),
    _data_files: names.map((filename) => ({ filename })),
    _fingerprint: hash('md5', `${JSON.stringify(names)}${folder}`, 'hex').slice(0, 16),
  };
  const info = { ...(await beside('dataset_info.json')), features: null };
  await writeFile(join(folder, 'state.json'), `${JSON.stringify(state, null, 2)}\n`);
  await writeFile(join(folder, 'dataset_info.json'), `${JSON.stringify(info, null, 2)}\n`);
}
