import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';

/** Major versions of the CUDA runtime that there are plugins for. */
export type CudaMajor = 12 | 13;

/** What is looked at on this machine; tests have machines of their own. */
export interface CudaMachine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Names in a folder; empty where there is none. */
  readonly list: (folder: string) => readonly string[];
  /** Loads a library, process-wide, by path or by a name that the system looks up. Returns "" or why not. */
  readonly open: (library: string) => string;
}

export function thisMachine(open: CudaMachine['open']): CudaMachine {
  return {
    env: process.env,
    home: homedir(),
    list: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
    open,
  };
}

/** In the order in which they need one another. */
const LIBRARIES = ['libcudart', 'libcublasLt', 'libcublas'] as const;

const PACKAGES: Record<CudaMajor, string> = {
  13: 'pip install "nvidia-cuda-runtime==13.*" "nvidia-cublas==13.*"',
  12: 'pip install nvidia-cuda-runtime-cu12 nvidia-cublas-cu12',
};

/**
 * Loads what a CUDA plugin needs and npm does not bring, by absolute path: the runtime and cuBLAS of its major version,
 * from wherever they are as a rule. Returns undefined when all is there, else what is missing and what helps.
 */
export function openCudaLibraries(major: CudaMajor, machine: CudaMachine): string | undefined {
  // without it nothing else helps
  if (machine.open('libcuda.so.1') !== '') return 'no NVIDIA driver (libcuda.so.1)';
  const missing: string[] = [];
  for (const library of LIBRARIES) {
    const name = `${library}.so.${major}`;
    const paths = libraryFolders(machine).flatMap((folder) =>
      machine.list(folder).includes(name) ? [join(folder, name)] : [],
    );
    if (![name, ...paths].some((candidate) => machine.open(candidate) === '')) missing.push(name);
  }
  if (missing.length === 0) return undefined;
  return (
    `${missing.join(', ')} of CUDA ${major} not found: install the CUDA toolkit ${major}, or \`${PACKAGES[major]}\` ` +
    'in the Python environment that is active'
  );
}

/** Folders that these libraries are installed to, nearest first. Relative ones are not looked at: one could lie beside a dataset. */
export function libraryFolders(machine: CudaMachine): readonly string[] {
  const { env, list } = machine;
  const listed = (variable: string) => (env[variable] ?? '').split(delimiter).filter(isAbsolute);
  const toolkits = [
    ...['CUDA_PATH', 'CUDA_HOME', 'CUDA_ROOT'].flatMap(listed),
    '/usr/local/cuda',
    ...list('/usr/local')
      .filter((name) => name.startsWith('cuda-'))
      .sort()
      .reverse()
      .map((name) => join('/usr/local', name)),
    '/opt/cuda',
  ];
  return [
    ...listed('LD_LIBRARY_PATH'),
    ...pythonPrefixes(machine).flatMap((prefix) => wheelFolders(prefix, list)),
    ...listed('CONDA_PREFIX').map((prefix) => join(prefix, 'lib')),
    ...toolkits.flatMap((toolkit) => [
      join(toolkit, 'lib64'),
      join(toolkit, 'targets', 'x86_64-linux', 'lib'),
    ]),
    '/usr/lib/x86_64-linux-gnu',
    '/usr/lib64',
  ];
}

/** Of the environment that is active, the Python on the path, the user's own and the system's packages. */
function pythonPrefixes({ env, home, list }: CudaMachine): readonly string[] {
  const active = [env.VIRTUAL_ENV, env.CONDA_PREFIX].filter((prefix) => prefix && isAbsolute(prefix));
  const onPath = (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => isAbsolute(folder) && list(folder).includes('python3'))
    .map(dirname);
  return [...new Set([...(active as string[]), ...onPath, join(home, '.local'), '/usr/local', '/usr'])];
}

/** NVIDIA's wheels put all of CUDA 13 into `nvidia/cu13/lib`, and each part of CUDA 12 into a folder of its own. */
function wheelFolders(prefix: string, list: CudaMachine['list']): readonly string[] {
  const library = join(prefix, 'lib');
  const packages = list(library)
    .filter((name) => name.startsWith('python3'))
    .flatMap((name) => [join(library, name, 'site-packages'), join(library, name, 'dist-packages')]);
  return packages
    .map((folder) => join(folder, 'nvidia'))
    .flatMap((folder) => list(folder).map((name) => join(folder, name, 'lib')));
}
