import { createHash } from 'node:crypto';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { elementCount, encodeHeader, type GgufSpec, writeGguf } from './gguf-writer.js';
import { TENSOR_TYPES } from './tensor-type.js';

/**
 * The path of a GGUF file of this content in `folder`, written now if no earlier call did. The name ends in a
 * fingerprint of the content, so a changed generator never meets an old file; concurrent callers may both write, and
 * both get a whole file.
 */
export async function cachedGguf(folder: string, name: string, spec: GgufSpec): Promise<string> {
  const path = join(folder, `${name}-${fingerprint(spec)}.gguf`);
  const exists = await access(path).then(
    () => true,
    () => false,
  );
  if (!exists) await writeGguf(path, spec);
  return path;
}

/** Covers the header whole and each tensor by its first weights as stored: cheap, and no version to bump by hand. */
function fingerprint(spec: GgufSpec): string {
  const hash = createHash('sha256').update(encodeHeader(spec));
  for (const tensor of spec.tensors) {
    const sample = new Float32Array(Math.min(32, elementCount(tensor)));
    tensor.fill(sample, 0);
    hash.update(TENSOR_TYPES[tensor.type].encode(sample));
  }
  return hash.digest('hex').slice(0, 16);
}
