// Where the native parts live. Shared by the build script and its tests; the runtime's own look-up is
// src/engine/native-paths.ts.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
export const buildDirectory = join(root, 'build');
/** llama.cpp's source tree, taken out of node-llama-cpp's git bundle. */
export const sourceDirectory = join(buildDirectory, 'llama.cpp');
/** The CPU back end built for this very machine, loaded in place of the prebuilt variants. */
export const tunedDirectory = join(buildDirectory, 'tuned');
/** A whole llama.cpp of our own, for platforms without a prebuilt package. */
export const fullDirectory = join(buildDirectory, 'llama-full');
export const addonDirectory = join(buildDirectory, 'native');
export const addonFile = join(addonDirectory, 'Release', 'reflection_tuning.node');

const require = createRequire(import.meta.url);

/** The directory of an installed package, or undefined. */
export function packageDirectory(name, from = require) {
  for (const base of from.resolve.paths(name) ?? []) {
    const directory = join(base, ...name.split('/'));
    if (existsSync(join(directory, 'package.json'))) return directory;
  }
  return undefined;
}

export const nodeLlamaCpp = packageDirectory('node-llama-cpp');
export const bundle = nodeLlamaCpp && join(nodeLlamaCpp, 'llama', 'gitRelease.bundle');

/** llama.cpp's release tag in the bundle, e.g. "v0.5.0". */
export function bundledRelease() {
  return JSON.parse(readFileSync(join(nodeLlamaCpp, 'llama', 'llama.cpp.info.json'), 'utf8')).tag;
}

/** The prebuilt CPU libraries for this platform, or undefined when node-llama-cpp has none. */
export function prebuiltLibraries() {
  const names =
    process.platform === 'darwin'
      ? process.arch === 'arm64'
        ? ['mac-arm64-metal']
        : ['mac-x64']
      : process.platform === 'linux'
        ? [`linux-${process.arch === 'arm' ? 'armv7l' : process.arch}`]
        : [];
  const from = nodeLlamaCpp && createRequire(join(nodeLlamaCpp, 'package.json'));
  for (const name of names) {
    const directory = packageDirectory(`@node-llama-cpp/${name}`, from);
    const libraries = directory && join(directory, 'bins', name);
    if (libraries && existsSync(libraries)) return libraries;
  }
  return undefined;
}
