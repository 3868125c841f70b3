import { open } from 'node:fs/promises';

const HEADER_BYTES = 24;
const VERSIONS: readonly number[] = [2, 3];
/** The fewest bytes one tensor's description, and one metadata entry, can take. */
const LEAST_TENSOR_BYTES = 24;
const LEAST_ENTRY_BYTES = 13;

/**
 * Checks that a file begins as a GGUF file does, and that what it announces could fit into it: node-llama-cpp
 * reads on without end where counts are nonsense.
 * @throws Error that says what is wrong.
 */
export async function checkGgufHeader(path: string): Promise<void> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    if (bytesRead < HEADER_BYTES || buffer.toString('latin1', 0, 4) !== 'GGUF')
      throw new Error('it is no GGUF file.');
    const version = buffer.readUInt32LE(4);
    if (!VERSIONS.includes(version)) throw new Error(`its GGUF version, ${version}, is not known.`);
    const least =
      Number(buffer.readBigUInt64LE(8)) * LEAST_TENSOR_BYTES +
      Number(buffer.readBigUInt64LE(16)) * LEAST_ENTRY_BYTES;
    const { size } = await file.stat();
    if (least > size) throw new Error('the file is damaged: it announces more than it can hold.');
  } finally {
    await file.close();
  }
}
