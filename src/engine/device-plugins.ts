/** Where optional device plugins lie on this machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { platformBinaries } from '../../scripts/native-paths.mjs';

/** Device plugins that may be installed beside the CPU libraries, most capable first. */
export function devicePlugins(): readonly { readonly device: 'cuda' | 'vulkan'; readonly file: string }[] {
  if (process.platform !== 'linux') return [];
  const platform = `linux-${process.arch}`;
  const candidates = [
    { device: 'cuda', variant: `${platform}-cuda`, file: 'libggml-cuda.so' },
    // the same plugin built for the CUDA 12 runtime, for machines without CUDA 13
    { device: 'cuda', variant: `${platform}-cuda-ext`, file: join('fallback', 'libggml-cuda.so') },
    { device: 'vulkan', variant: `${platform}-vulkan`, file: 'libggml-vulkan.so' },
  ] as const;
  return candidates.flatMap(({ device, variant, file }) => {
    const directory = platformBinaries(variant);
    const path = directory && join(directory, file);
    return path && existsSync(path) ? [{ device, file: path }] : [];
  });
}
