import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PythonEnvironment } from '../baselines/environment.js';
import { runPython } from '../baselines/run-python.js';
import type { TrialCommand } from '../trial/command.js';
import { inTemporaryFolder } from '../trial/in-temporary-folder.js';
import {
  type ContenderName,
  type NodeContender,
  PYTHON_CONTENDERS,
  type PythonContender,
  type TrialResult,
  type TrialTask,
} from '../trial/task.js';

const TRIAL = fileURLToPath(new URL('../trial/main.js', import.meta.url));

/** Runs a trial in a fresh process. Rejects when that ends without a result; what it printed is on stderr. */
export async function runTrial(task: TrialTask, python: PythonEnvironment | undefined): Promise<TrialResult> {
  const { contender } = task;
  if (!isPython(contender)) return inFreshProcess<TrialResult>({ kind: 'measure', contender, task });
  if (python === undefined) throw new Error(`${contender} needs --baselines`);
  if (contender === 'sgemm') return runPython(python, { kind: 'sgemm', threads: task.threads });
  return inTemporaryFolder(async (folder) => {
    const sequences = join(folder, 'sequences.json');
    await inFreshProcess({ kind: 'dump', task, file: sequences });
    const { model, threads } = task;
    const result = await runPython(python, { kind: 'score', model, threads, sequences });
    // over all four variants, so no row's loss as others know it
    return contender === 'hf-decide' ? { ...result, losses: [] } : result;
  });
}

export function isPython(contender: ContenderName): contender is PythonContender {
  return !isNode(contender);
}

function isNode(contender: ContenderName): contender is NodeContender {
  return !(PYTHON_CONTENDERS as readonly string[]).includes(contender);
}

function inFreshProcess<Answer = unknown>(command: TrialCommand): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const child = fork(TRIAL, [JSON.stringify(command)], { stdio: ['ignore', 2, 2, 'ipc'] });
    let answer: { readonly value: Answer } | undefined;
    child.once('message', (value) => {
      answer = { value: value as Answer };
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (answer) resolve(answer.value);
      else {
        const how = signal ?? `exit code ${code}`;
        reject(new Error(`the trial of ${command.task.contender} failed (${how})`));
      }
    });
  });
}
