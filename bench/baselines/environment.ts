import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Seen from build/bench/bench/baselines, where this file is compiled to. */
const PROJECT = new URL('../../../../', import.meta.url);
const SOURCES = new URL('bench/baselines/', PROJECT);

/** Where the Python contenders run. */
export interface PythonEnvironment {
  readonly python: string;
  readonly script: string;
}

/**
 * The environment of the Python contenders, in `build/baselines`: made on the first call by the `python3` on the path,
 * about 6 GB on Linux, where the package index serves PyTorch with its GPU libraries only. Rejects when there is no
 * Python or an installation fails.
 */
export async function ensurePythonEnvironment(
  onInstall: (folder: string) => void,
): Promise<PythonEnvironment> {
  const requirements = fileURLToPath(new URL('requirements.txt', SOURCES));
  const version = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 12);
  const folder = fileURLToPath(new URL(`build/baselines/${version}`, PROJECT));
  if (!(await exists(folder))) {
    onInstall(folder);
    await install(folder, requirements);
  }
  return { python: pythonIn(folder), script: fileURLToPath(new URL('trial.py', SOURCES)) };
}

/** Under another name until it is complete, so that half an installation is never taken for a whole one. */
async function install(folder: string, requirements: string): Promise<void> {
  const unfinished = `${folder}.partial`;
  await rm(unfinished, { recursive: true, force: true });
  await run(process.platform === 'win32' ? 'python' : 'python3', ['-m', 'venv', unfinished]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--no-cache-dir', '--requirement', requirements];
  await run(pythonIn(unfinished), pip);
  await rename(unfinished, folder);
}

function pythonIn(folder: string): string {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
