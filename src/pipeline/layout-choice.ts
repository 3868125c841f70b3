import { readFile } from 'node:fs/promises';
import { readDatasetInfo } from '../layout/dataset-info.js';
import type { LayoutChoice } from '../layout/detect-layout.js';
import { parseColumnMap } from '../layout/parse-column-map.js';
import type { LayoutName } from '../options/choices.js';
import { optionError } from '../options/option-error.js';
import { parseJsonIfValid } from '../util/json-value.js';

export interface LayoutOptions {
  readonly layout?: LayoutName | undefined;
  readonly map?: string | undefined;
  readonly datasetInfo?: string | undefined;
  readonly datasetName?: string | undefined;
}

/**
 * What the options say about the layout of a dataset's rows.
 * @throws {ReflectionError} `invalid_option` when a map or an entry cannot be read.
 */
export async function layoutChoice({
  layout,
  map,
  datasetInfo,
  datasetName,
}: LayoutOptions): Promise<LayoutChoice> {
  if (datasetInfo !== undefined && datasetName !== undefined) return entryIn(datasetInfo, datasetName);
  if (map === undefined) return { name: layout };
  const parsed = parseColumnMap(map);
  if ('problem' in parsed) {
    throw optionError('map', parsed.problem, { remedy: 'Write it like instruction=question,output=answer.' });
  }
  return { name: layout, columns: parsed.columns, tags: parsed.tags };
}

async function entryIn(file: string, name: string): Promise<LayoutChoice> {
  const text = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw optionError('datasetInfo', `${file} cannot be read: ${cause.message}`, { cause });
  });
  const info = readDatasetInfo(parseJsonIfValid(text), name);
  if ('problem' in info) {
    const remedy = 'It is LLaMA-Factory’s dataset_info.json, and the name is that of one of its entries.';
    throw optionError('datasetInfo', `${file}: ${info.problem}`, { remedy });
  }
  return info.choice;
}
