import { readdir, rm, stat } from 'node:fs/promises';

/** All that a folder of parts has in it. */
const PART = /^(part-\d{5}-of-\d{5}\.parquet|data-\d{5}-of-\d{5}\.arrow|state\.json|dataset_info\.json)$/;

/** Whether a path is a folder that holds an output of ours, and nothing else, so that it may be replaced as one. */
export async function isOutputFolder(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => undefined);
  return names !== undefined && names.length > 0 && names.every((name) => PART.test(name));
}

/** Takes a folder of ours away, so that another may take its place; a file is replaced without that. */
export async function makeWay(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() && (await isOutputFolder(path))) await rm(path, { recursive: true });
}
