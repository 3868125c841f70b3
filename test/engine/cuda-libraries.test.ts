import { describe, expect, it } from 'vitest';
import { type CudaMachine, libraryFolders, openCudaLibraries } from '../../src/engine/cuda-libraries.js';

/** A machine with these files, on which a library loads when it is one of them or the system knows its name. */
function machine(files: readonly string[], env: CudaMachine['env'] = {}, known: readonly string[] = []) {
  const opened: string[] = [];
  const list = (folder: string) =>
    files.flatMap((file) => {
      const rest = file.startsWith(`${folder}/`) ? file.slice(folder.length + 1).split('/', 1) : [];
      return rest;
    });
  const open = (library: string) => {
    if (!files.includes(library) && !known.includes(library)) return 'no such file';
    opened.push(library);
    return '';
  };
  return { opened, env, home: '/home/ann', list: (folder: string) => [...new Set(list(folder))], open };
}

const DRIVER = ['libcuda.so.1'];
const WHEELS = '/venv/lib/python3.12/site-packages/nvidia';
const CUDA_13 = ['libcudart.so.13', 'libcublasLt.so.13', 'libcublas.so.13'].map(
  (name) => `${WHEELS}/cu13/lib/${name}`,
);

describe('what a CUDA plugin needs', () => {
  it('is the driver before all else', () => {
    const without = machine(CUDA_13, { VIRTUAL_ENV: '/venv' });
    expect(openCudaLibraries(13, without)).toBe('no NVIDIA driver (libcuda.so.1)');
    expect(without.opened).toEqual([]);
  });

  it('is left to the system where that finds it', () => {
    const names = ['libcudart.so.12', 'libcublasLt.so.12', 'libcublas.so.12'];
    const toolkit = machine([], {}, [...DRIVER, ...names]);
    expect(openCudaLibraries(12, toolkit)).toBeUndefined();
    expect(toolkit.opened).toEqual([...DRIVER, ...names]);
  });

  it('is loaded from the wheels of an environment, in the order of need', () => {
    const active = machine(CUDA_13, { VIRTUAL_ENV: '/venv' }, DRIVER);
    expect(openCudaLibraries(13, active)).toBeUndefined();
    expect(active.opened).toEqual([...DRIVER, ...CUDA_13]);
  });

  it.each<[string, readonly string[], CudaMachine['env']]>([
    [
      'the wheels of CUDA 12, which are apart',
      [`${WHEELS}/cuda_runtime/lib/libcudart.so.12`, `${WHEELS}/cublas/lib/libcublas.so.12`].concat(
        `${WHEELS}/cublas/lib/libcublasLt.so.12`,
      ),
      { PATH: '/usr/bin:/venv/bin' },
    ],
    ['conda', ['/conda/lib'], { CONDA_PREFIX: '/conda' }],
    ['a toolkit that a variable names', ['/opt/cuda-12.9/lib64'], { CUDA_HOME: '/opt/cuda-12.9' }],
    ['a toolkit in its usual place', ['/usr/local/cuda-12.4/targets/x86_64-linux/lib'], {}],
    ['a search path', ['/somewhere'], { LD_LIBRARY_PATH: '/elsewhere:/somewhere' }],
    ['packages of the user', ['/home/ann/.local/lib/python3.11/site-packages/nvidia/x/lib'], {}],
  ])('is found in %s', (_, places, env) => {
    const names = ['libcudart.so.12', 'libcublasLt.so.12', 'libcublas.so.12'];
    const files = places.length > 1 ? places : names.map((name) => `${places[0]}/${name}`);
    const some = machine([...files, '/venv/bin/python3'], env, DRIVER);
    expect(openCudaLibraries(12, some)).toBeUndefined();
    expect([...some.opened].sort()).toEqual([...DRIVER, ...files].sort());
  });

  it('is asked for by the name of its packages where it is nowhere, or a part of it', () => {
    const bare = machine([], {}, DRIVER);
    expect(openCudaLibraries(13, bare)).toMatch(
      /libcudart\.so\.13, libcublasLt\.so\.13, libcublas\.so\.13 of CUDA 13 not found.*"nvidia-cublas==13/,
    );
    const half = machine([CUDA_13[0]!], { VIRTUAL_ENV: '/venv' }, DRIVER);
    expect(openCudaLibraries(13, half)).toMatch(/^libcublasLt\.so\.13, libcublas\.so\.13 of CUDA 13/);
    expect(openCudaLibraries(12, bare)).toContain('nvidia-cuda-runtime-cu12 nvidia-cublas-cu12');
  });

  it('is never looked for below the current directory', () => {
    const folders = libraryFolders(
      machine(['venv/bin/python3'], {
        ...{ LD_LIBRARY_PATH: '.:lib:', VIRTUAL_ENV: 'venv', CONDA_PREFIX: 'conda', CUDA_HOME: 'cuda' },
        PATH: 'venv/bin::.',
      }),
    );
    expect(folders.filter((folder) => !folder.startsWith('/'))).toEqual([]);
  });
});
