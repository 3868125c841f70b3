// Which addon is used, and how it is loaded. Shared by the build scripts, scripts/check-model.mjs and
// src/engine/native-binding.ts; the types are in native-addon.d.mts.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { join, relative } from 'node:path';
import { addonFile, librariesDirectory, librariesRelease, prebuiltAddonFile, root } from './native-paths.mjs';

/** The file beside an addon that says what it was made from and for. */
const recordFile = (addon) => addon.replace(/\.node$/, '.json');

function libc() {
  if (process.platform !== 'linux') return undefined;
  return process.report.getReport().header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/** sha256 over all that an addon is compiled from, but for llama.cpp. */
export function sourcesHash() {
  const native = join(root, 'native');
  const hash = createHash('sha256');
  const files = readdirSync(native, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(native, join(entry.parentPath ?? entry.path, entry.name)).replaceAll('\\', '/'))
    .filter((file) => !file.startsWith('test/'))
    .sort();
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(native, file)));
  return hash.digest('hex');
}

/** Says beside an addon that was just built what it runs on and which llama.cpp it was compiled against. */
export function writeAddonRecord(addon) {
  const { platform, arch } = process;
  const record = { platform, arch, libc: libc(), llamaCpp: librariesRelease(), sources: sourcesHash() };
  writeFileSync(recordFile(addon), `${JSON.stringify(record, undefined, 2)}\n`);
}

export function recordOf(addon) {
  return JSON.parse(readFileSync(recordFile(addon), 'utf8'));
}

/** Why an addon is not for this installation; undefined when it is. */
export function whyUnfit(addon) {
  if (!existsSync(addon)) return 'there is none';
  let record;
  try {
    record = recordOf(addon);
  } catch (error) {
    return `what it was built for cannot be read (${error.message})`;
  }
  const release = librariesRelease();
  if (release === undefined) return 'node-llama-cpp, which brings the llama.cpp it runs on, is not installed';
  if (record.llamaCpp !== release)
    return `it was built for llama.cpp ${record.llamaCpp}, but ${release} is installed`;
  const builtFor = `${record.platform}-${record.arch}`;
  const here = `${process.platform}-${process.arch}`;
  if (builtFor !== here) return `it was built for ${builtFor}, but this is ${here}`;
  const ownLibc = libc();
  if (record.libc !== ownLibc) return `it was built for ${record.libc}, but this system has ${ownLibc}`;
  return undefined;
}

/** The addon to use: the one built on this machine, else a prebuilt one that fits; or why there is neither. */
export function chooseAddon() {
  const findings = [
    { subject: 'built on this machine', file: addonFile },
    { subject: 'prebuilt', file: prebuiltAddonFile },
  ].map((candidate) => ({ ...candidate, why: whyUnfit(candidate.file) }));
  const fitting = findings.find(({ why }) => why === undefined);
  if (fitting) return { file: fitting.file };
  return { reasons: findings.map(({ subject, file, why }) => `${subject} (${file}): ${why}`) };
}

/** RTLD_NODELETE, which Node has no name for. */
const STAY_LOADED = { linux: 0x1000, darwin: 0x80 };

/**
 * Loads an addon. It names the libraries of llama.cpp it needs, but not where they are: where a package manager puts
 * them is up to it. So the one it is linked to is loaded first, by its path, with those beside it that it needs itself.
 */
export function loadAddon(addon) {
  const directory = librariesDirectory();
  const llama =
    directory && readdirSync(directory).find((name) => /^libllama\.(v[\d.]+\.)?(so|dylib)$/.test(name));
  const stay = STAY_LOADED[process.platform];
  if (llama && stay !== undefined) {
    try {
      process.dlopen({ exports: {} }, join(directory, llama), constants.dlopen.RTLD_NOW | stay);
    } catch {
      // no addon, as Node says; loaded all the same, and if it is not, the addon says so below
    }
  }
  return createRequire(import.meta.url)(addon);
}
