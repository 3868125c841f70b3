import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { linkTarget } from './link-target.js';
import { whileWriting } from './output-error.js';

/**
 * Writes a whole file so that a crash leaves either the old one or the new one, never a part. A symbolic link stays, and
 * what it leads to is replaced.
 * @throws {ReflectionError} `output_unwritable`.
 */
export async function replaceFile(path: string, contents: string | Uint8Array): Promise<void> {
  const place = await whileWriting(path, () => linkTarget(path));
  const temporary = `${place}.tmp`;
  await whileWriting(path, async () => {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(contents);
      await file.sync();
    } finally {
      await file.close();
    }
  });
  await renameDurably(temporary, place);
}

/**
 * Renames a file, replacing what is there, and has the directory written to disk.
 * @throws {ReflectionError} `output_unwritable`.
 */
export async function renameDurably(from: string, to: string): Promise<void> {
  await whileWriting(to, () => rename(from, to));
  // Some systems (Windows) cannot sync a directory; the rename itself has happened by then.
  const directory = await open(dirname(to), 'r').catch(() => undefined);
  await directory?.sync().catch(() => {});
  await directory?.close();
}
