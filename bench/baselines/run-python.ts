import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { TrialResult } from '../trial/task.js';
import type { PythonEnvironment } from './environment.js';

/** What trial.py reads. */
export type PythonTask =
  | { readonly kind: 'sgemm'; readonly threads: number }
  | {
      readonly kind: 'score';
      readonly model: string;
      readonly threads: number;
      /** A file of {@link dumpSequences}'. */
      readonly sequences: string;
    };

/**
 * Settings that make a matrix library believe it runs on another processor: some systems set them to work around old
 * releases, and they halve the speed of the current one.
 */
const HANDICAPS = ['OPENBLAS_CORETYPE', 'OPENBLAS_L2_SIZE', 'MKL_ENABLE_INSTRUCTIONS'];

/** Runs a trial in a fresh Python. Rejects when that ends without a result; what it printed is on stderr. */
export async function runPython(
  { python, script }: PythonEnvironment,
  task: PythonTask,
): Promise<TrialResult> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !HANDICAPS.includes(name)));
  const child = spawn(python, [script], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...env, PYTHONDONTWRITEBYTECODE: '1', OMP_NUM_THREADS: String(task.threads) },
  });
  child.stdin.end(JSON.stringify(task));
  const [printed, code] = await Promise.all([
    text(child.stdout),
    new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve)),
  ]);
  if (code !== 0) throw new Error(`the Python trial (${task.kind}) failed with exit code ${code}`);
  return JSON.parse(printed.trimEnd().split('\n').at(-1)!) as TrialResult;
}
