import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TrialResult, TrialTask } from '../trial/task.js';

const TRIAL = fileURLToPath(new URL('../trial/main.js', import.meta.url));

/** Runs a trial in a fresh process. Rejects when that ends without a result; what it printed is on stderr. */
export function runTrial(task: TrialTask): Promise<TrialResult> {
  return new Promise((resolve, reject) => {
    const child = fork(TRIAL, [JSON.stringify(task)], { stdio: ['ignore', 2, 2, 'ipc'] });
    let result: TrialResult | undefined;
    child.once('message', (message) => {
      result = message as TrialResult;
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (result) resolve(result);
      else reject(new Error(`the trial of ${task.contender} failed (${signal ?? `exit code ${code}`})`));
    });
  });
}
