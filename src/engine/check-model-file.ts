import { spawn } from 'node:child_process';
import { open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ERROR_CODES, ReflectionError } from '../errors.js';
import { loadWarnings } from '../gguf/load-warnings.js';
import { modelFiles } from '../gguf/model-files.js';
import { named } from '../options/option-name.js';
import { plainReason } from './native-error.js';

const CHECKER = fileURLToPath(new URL(join('..', '..', 'scripts', 'check-model.mjs'), import.meta.url));

const GIVE_A_FILE = `give the path of a GGUF file as ${named('student')}`;
const GET_ANOTHER = 'download or convert the file again; a student is a causal language model in GGUF format';

function unloadable(path: string, reason: string, remedy = GET_ANOTHER): ReflectionError {
  return new ReflectionError('model_unloadable', `${path}: ${reason}`, { remedy });
}

/**
 * Refuses what is plainly no GGUF, or not all files of one, with a better sentence than a parser's.
 * Rejects with ReflectionError `model_unloadable` or `aborted`.
 */
export async function checkGgufFiles(path: string, signal?: AbortSignal): Promise<void> {
  const info = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'there is no such file' : cause.message;
    throw new ReflectionError('model_unloadable', `${path}: ${reason}`, {
      cause,
      remedy: GIVE_A_FILE,
    });
  });
  if (!info.isFile()) throw unloadable(path, 'is not a file', GIVE_A_FILE);
  const file = await open(path).catch((cause: Error) => {
    throw new ReflectionError('model_unloadable', `${path}: ${cause.message}`, { cause });
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    if (bytesRead < 4 || buffer.toString('latin1') !== 'GGUF') {
      throw unloadable(
        path,
        'is not a GGUF file',
        'convert the model with llama.cpp’s convert_hf_to_gguf.py',
      );
    }
  } finally {
    await file.close();
  }
  await modelFiles(path, signal);
}

/**
 * Reads a model's metadata in a process of its own. llama.cpp answers some kinds of damage with an assertion that
 * kills its process; here that is the checker's, and becomes a sentence. Costs about 0.1 s, reads no weights.
 * Throws ReflectionError `model_unloadable`, `out_of_memory` or `aborted`.
 */
export async function checkModelFile(path: string, signal?: AbortSignal): Promise<void> {
  await checkGgufFiles(path, signal);
  const { code, message } = await readApart(path, signal);
  if (code === 'ok') return;
  throw new ReflectionError(
    ERROR_CODES.find((known) => known === code) ?? 'model_unloadable',
    `${path}: ${plainReason(message ?? 'llama.cpp gave no reason')}`,
    { remedy: GET_ANOTHER },
  );
}

/**
 * What llama.cpp warns of when it reads the metadata of a file that somebody else has loaded, a sentence each. Never
 * throws: what keeps it from being found out is such a sentence, too.
 */
export async function fileWarnings(path: string): Promise<readonly string[]> {
  const unknown = (why: string) => [`whether llama.cpp warns of anything in the file is not known: ${why}`];
  try {
    const { code, message, warnings = [] } = await readApart(path, undefined);
    return code === 'ok' ? loadWarnings(warnings) : unknown(message ?? 'it gave no reason');
  } catch (error) {
    return unknown((error as Error).message);
  }
}

interface Finding {
  /** `ok`, or that of an error. */
  readonly code?: string;
  readonly message?: string;
  /** Lines of llama.cpp’s log. */
  readonly warnings?: readonly string[];
}

async function readApart(path: string, signal: AbortSignal | undefined): Promise<Finding> {
  const child = spawn(process.execPath, [CHECKER, path], {
    stdio: ['ignore', 'pipe', 'ignore'],
    // Ctrl-C must reach it through the signal alone: else its death could be taken for the file's fault
    detached: true,
    ...(signal && { signal }),
  });
  let report = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    report += chunk;
  });
  const exit = await new Promise<{ status: number | null; killedBy: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.on('error', reject);
      child.on('close', (status, killedBy) => resolve({ status, killedBy }));
    },
  ).catch((cause: Error) => {
    const aborted = cause.name === 'AbortError';
    throw new ReflectionError(aborted ? 'aborted' : 'internal', `checking ${path} was cut short`, { cause });
  });
  if (exit.killedBy === 'SIGKILL') {
    // nothing in a file does that
    throw new ReflectionError('out_of_memory', `${path}: the process that read it was killed (SIGKILL)`, {
      remedy: 'free some memory, or use a smaller student',
    });
  }
  if (exit.killedBy !== null) {
    throw unloadable(path, `is damaged: llama.cpp crashed while reading it (${exit.killedBy})`);
  }
  return JSON.parse(report || '{}') as Finding;
}
