/** Where the addon, its llama.cpp libraries and the optional device plugins lie on this machine. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageRoot = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

export const ADDON_FILE = join(packageRoot, 'build', 'native', 'Release', 'reflection_tuning.node');
/** Made by `npm run build:native -- --source`. */
export const TUNED_CPU_FILE = join(packageRoot, 'build', 'tuned', 'libggml-cpu-tuned.so');
/** Made by `npm run build:native -- --source=full`; then the addon is linked to it. */
export const FULL_BUILD_DIRECTORY = join(packageRoot, 'build', 'llama-full');

function packageDirectory(name: string, from: NodeJS.Require): string | undefined {
  return (from.resolve.paths(name) ?? [])
    .map((base) => join(base, ...name.split('/')))
    .find((directory) => existsSync(join(directory, 'package.json')));
}

/** The `bins` folder of one of node-llama-cpp's platform packages, e.g. `linux-x64-cuda`, when installed. */
export function platformBinaries(variant: string): string | undefined {
  const own = createRequire(import.meta.url);
  const host = packageDirectory('node-llama-cpp', own);
  const from = host === undefined ? own : createRequire(join(host, 'package.json'));
  const directory = packageDirectory(`@node-llama-cpp/${variant}`, from);
  const base = variant.replace(/-ext$/, '');
  const binaries = directory && join(directory, 'bins', base);
  return binaries && existsSync(binaries) ? binaries : undefined;
}

function cpuVariant(): string {
  if (process.platform === 'darwin') return process.arch === 'arm64' ? 'mac-arm64-metal' : 'mac-x64';
  return `linux-${process.arch === 'arm' ? 'armv7l' : process.arch}`;
}

/** The folder whose libllama the addon is linked to; its CPU (and Metal) back ends are loaded from there too. */
export function librariesDirectory(): string | undefined {
  return existsSync(FULL_BUILD_DIRECTORY) ? FULL_BUILD_DIRECTORY : platformBinaries(cpuVariant());
}

/** Device plugins that may be installed beside the CPU libraries, most capable first. */
export function devicePlugins(): readonly { readonly device: 'cuda' | 'vulkan'; readonly file: string }[] {
  const platform = `linux-${process.arch}`;
  const candidates = [
    { device: 'cuda', variant: `${platform}-cuda`, file: 'libggml-cuda.so' },
    // the same plugin built for the CUDA 12 runtime, for machines without CUDA 13
    { device: 'cuda', variant: `${platform}-cuda-ext`, file: join('fallback', 'libggml-cuda.so') },
    { device: 'vulkan', variant: `${platform}-vulkan`, file: 'libggml-vulkan.so' },
  ] as const;
  if (process.platform !== 'linux') return [];
  return candidates.flatMap(({ device, variant, file }) => {
    const directory = platformBinaries(variant);
    const path = directory && join(directory, file);
    return path && existsSync(path) ? [{ device, file: path }] : [];
  });
}
