/** Where optional device plugins lie on this machine. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { platformBinaries } from '../../scripts/native-paths.mjs';
import type { CudaMajor } from './cuda-libraries.js';

/** A library that makes a kind of device available. */
export type DevicePlugin = { readonly file: string } & (
  | { readonly device: 'cuda'; readonly cudaMajor: CudaMajor }
  | { readonly device: 'vulkan' }
);

/** Device plugins that may be installed beside the CPU libraries, most capable first. */
export function devicePlugins(): readonly DevicePlugin[] {
  if (process.platform !== 'linux') return [];
  const platform = `linux-${process.arch}`;
  const candidates = [
    { device: 'cuda', cudaMajor: 13, variant: `${platform}-cuda`, file: 'libggml-cuda.so' },
    // the same plugin built for the CUDA 12 runtime, for machines without CUDA 13
    {
      device: 'cuda',
      cudaMajor: 12,
      variant: `${platform}-cuda-ext`,
      file: join('fallback', 'libggml-cuda.so'),
    },
    { device: 'vulkan', variant: `${platform}-vulkan`, file: 'libggml-vulkan.so' },
  ] as const;
  return candidates.flatMap(({ variant, file, ...kind }): readonly DevicePlugin[] => {
    const directory = platformBinaries(variant);
    const path = directory && join(directory, file);
    return path && existsSync(path) ? [{ ...kind, file: path }] : [];
  });
}
