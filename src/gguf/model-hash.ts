import { createHash } from 'node:crypto';
import { fileHash } from '../util/file-hash.js';
import { modelFiles, unreadable } from './model-files.js';

/**
 * The identity of a model, in hex: of one file its sha256, of a split GGUF the sha256 over those of all its files in
 * order, each as a line of hex. Reading gigabytes takes a while and keeps the process alive; abort the signal when nobody
 * wants the hash any more. Rejects with ReflectionError `model_unloadable` or `aborted`.
 */
export async function modelHash(path: string, signal?: AbortSignal): Promise<string> {
  const hashes: string[] = [];
  for (const file of await modelFiles(path, signal)) {
    hashes.push(
      await fileHash(file, signal).catch((cause: Error) => {
        throw unreadable(file, cause, signal);
      }),
    );
  }
  const [hash, ...others] = hashes as [string, ...string[]];
  if (others.length === 0) return hash;
  const all = hashes.map((line) => `${line}\n`).join('');
  return createHash('sha256').update(all).digest('hex');
}
