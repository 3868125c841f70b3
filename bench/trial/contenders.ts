import { decideRows } from './decide.js';
import { longRun } from './long-run.js';
import { nodePrefill, scoreWithNodeLlamaCpp } from './node-llama-cpp.js';
import { orchestrate } from './orchestrate.js';
import { prefill } from './prefill.js';
import { STOCK, scoreWithStudent } from './student.js';
import type { Measured, NodeContender, TrialTask } from './task.js';

/** What each contender does with a task. A variant of the engine is one line: its name and its options. */
export const CONTENDER_RUNS: Readonly<Record<NodeContender, (task: TrialTask) => Promise<Measured>>> = {
  ours: (task) => scoreWithStudent(task),
  plain: (task) => scoreWithStudent(task, { ...STOCK, head: 'plain', sharePrefixes: false }),
  decide: (task) => decideRows(task),
  prefill: (task) => prefill(task, { contexts: 1 }),
  'prefill-split': (task) => prefill(task),
  'node-probabilities': (task) => scoreWithNodeLlamaCpp(task, 'probabilities'),
  'node-logits': (task) => scoreWithNodeLlamaCpp(task, 'logits'),
  'node-prefill': nodePrefill,
  orchestration: orchestrate,
  'long-run': longRun,
};
