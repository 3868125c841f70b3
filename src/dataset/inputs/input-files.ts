import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatasetName, namesIn } from '../../domain/dataset-name.js';
import { isJsonObject, parseJsonIfValid } from '../../util/json-value.js';
import { isPattern, matchPaths } from '../../util/match-paths.js';
import { unreadable } from '../dataset-error.js';
import { isDataFile } from './input-format.js';
import { STANDARD_INPUT } from './standard-input.js';

/**
 * The files that a dataset is, in order: those of a folder and those that match a pattern by their names, those of a
 * folder that `datasets` saved as it lists them. What is not there is kept, for whoever opens it to refuse.
 * @throws {ReflectionError} `dataset_unreadable` when a folder or a pattern stands for no file.
 */
export async function inputFiles(dataset: DatasetName): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of namesIn(dataset)) files.push(...(await filesOf(name)));
  if (files.filter((file) => file === STANDARD_INPUT).length > 1) {
    throw unreadable(STANDARD_INPUT, 'can be read only once', { remedy: 'Name - once.' });
  }
  return files;
}

async function filesOf(name: string): Promise<readonly string[]> {
  if (name === STANDARD_INPUT) return [name];
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return filesIn(name);
  if (found !== undefined || !isPattern(name)) return [name];
  const matches = await matchPaths(name);
  if (matches.length > 0) return matches;
  throw unreadable(name, 'is a pattern that no file matches', {
    remedy: 'Check it, and the folder it is for.',
  });
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const splits = await readJson(join(folder, 'dataset_dict.json'));
  if (Array.isArray(splits?.splits)) {
    throw unreadable(folder, `holds several splits: ${splits.splits.join(', ')}`, {
      remedy: `Name one of them, e.g. ${join(folder, String(splits.splits[0]))}.`,
    });
  }
  const state = await readJson(join(folder, 'state.json'));
  if (Array.isArray(state?._data_files)) {
    const names = state._data_files.flatMap((file) =>
      isJsonObject(file) && typeof file.filename === 'string' ? [file.filename] : [],
    );
    if (names.length > 0) return names.map((name) => join(folder, name));
  }
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && isDataFile(entry.name))
    .map(({ name }) => name);
  if (names.length > 0) return names.sort().map((name) => join(folder, name));
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  throw unreadable(folder, 'is a directory without data files in it', {
    remedy:
      folders.length === 0
        ? 'Name a file, or a folder that holds .parquet, .jsonl, .csv or .arrow files.'
        : `Name one of the folders in it: ${folders.sort().slice(0, 5).join(', ')}.`,
  });
}

async function readJson(path: string) {
  const text = await readFile(path, 'utf8').catch(() => '');
  const value = parseJsonIfValid(text);
  return isJsonObject(value) ? value : undefined;
}
