// Where the native parts lie: the addon, the libraries of llama.cpp it runs on, what builds them. Shared by the build
// scripts and src/engine/; the types are in native-paths.d.mts.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const buildDirectory = join(root, 'build');
/** llama.cpp's source tree, taken out of node-llama-cpp's git bundle. */
export const sourceDirectory = join(buildDirectory, 'llama.cpp');
/** The CPU back end built for this very machine, loaded in place of the prebuilt variants. */
export const tunedCpuFile = join(buildDirectory, 'tuned', 'libggml-cpu-tuned.so');
/** A whole llama.cpp of our own, for platforms without a prebuilt package. */
export const fullDirectory = join(buildDirectory, 'llama-full');
/** llama.cpp's own server, built for tests by `build-native.mjs --server`. */
export const serverDirectory = join(buildDirectory, 'llama-server');
export const serverFile = join(serverDirectory, 'bin', 'llama-server');
export const addonDirectory = join(buildDirectory, 'native');
export const addonFile = join(addonDirectory, 'Release', 'reflection_tuning.node');
/** Made by `npm run prebuild`, and shipped. */
export const prebuiltAddonFile = join(
  root,
  'prebuilds',
  `${process.platform}-${process.arch}`,
  'reflection_tuning.node',
);

const require = createRequire(import.meta.url);

/** The directory of an installed package, or undefined. */
export function packageDirectory(name, from = require) {
  return (from.resolve.paths(name) ?? [])
    .map((base) => join(base, ...name.split('/')))
    .find((directory) => existsSync(join(directory, 'package.json')));
}

export const nodeLlamaCpp = packageDirectory('node-llama-cpp');
export const bundle = nodeLlamaCpp && join(nodeLlamaCpp, 'llama', 'gitRelease.bundle');

/** llama.cpp's release tag in the bundle, e.g. "v0.5.0"; undefined when node-llama-cpp is not installed. */
export function bundledRelease() {
  const info = nodeLlamaCpp && join(nodeLlamaCpp, 'llama', 'llama.cpp.info.json');
  return info && existsSync(info) ? JSON.parse(readFileSync(info, 'utf8')).tag : undefined;
}

/** The `bins` folder of one of node-llama-cpp's platform packages, e.g. `linux-x64-cuda`, when installed. */
export function platformBinaries(variant) {
  const from = nodeLlamaCpp ? createRequire(join(nodeLlamaCpp, 'package.json')) : require;
  const directory = packageDirectory(`@node-llama-cpp/${variant}`, from);
  const binaries = directory && join(directory, 'bins', variant.replace(/-ext$/, ''));
  return binaries && existsSync(binaries) ? binaries : undefined;
}

/** The folder whose libllama the addon is linked to; its CPU (and Metal) back ends are loaded from there too. */
export function librariesDirectory() {
  if (existsSync(fullDirectory)) return fullDirectory;
  if (process.platform === 'darwin')
    return platformBinaries(process.arch === 'arm64' ? 'mac-arm64-metal' : 'mac-x64');
  if (process.platform !== 'linux') return undefined;
  return platformBinaries(`linux-${process.arch === 'arm' ? 'armv7l' : process.arch}`);
}

const fullRelease = join(fullDirectory, 'llama.cpp.release');

/** Notes which release the whole llama.cpp of our own was built from. */
export function writeFullRelease() {
  writeFileSync(fullRelease, bundledRelease());
}

/** The release of the libraries in {@link librariesDirectory}; undefined when there are none. */
export function librariesRelease() {
  if (!existsSync(fullDirectory)) return bundledRelease();
  return existsSync(fullRelease) ? readFileSync(fullRelease, 'utf8') : 'unknown';
}
