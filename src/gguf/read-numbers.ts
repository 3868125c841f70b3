import { readMetadata, UINT16 } from './metadata-cursor.js';

/**
 * The unsigned 16-bit numbers that a GGUF file's metadata has under these keys; what is absent or of another type is
 * left out. Reads no further than it must. Throws an Error where the file is damaged, and as reading does.
 */
export async function readNumbers<Key extends string>(
  path: string,
  keys: readonly Key[],
  signal?: AbortSignal,
): Promise<Partial<Record<Key, number>>> {
  const found: Partial<Record<Key, number>> = {};
  await readMetadata(
    path,
    async (name, type, cursor) => {
      const key = keys.find((wanted) => wanted === name);
      if (key === undefined || type !== UINT16) return 'skip';
      found[key] = (await cursor.take(2)).readUInt16LE();
      return Object.keys(found).length < keys.length ? 'read' : 'done';
    },
    signal,
  );
  return found;
}
