import { nodePrefill, scoreWithNodeLlamaCpp } from './node-llama-cpp.js';
import { prefill } from './prefill.js';
import { scoreWithStudent } from './student.js';
import type { ContenderName, Measured, TrialTask } from './task.js';

export const CONTENDER_RUNS: Readonly<Record<ContenderName, (task: TrialTask) => Promise<Measured>>> = {
  ours: (task) => scoreWithStudent(task),
  plain: (task) => scoreWithStudent(task, { head: 'plain', sharePrefixes: false }),
  prefill: (task) => prefill(task, { contexts: 1 }),
  'prefill-split': (task) => prefill(task),
  'node-probabilities': (task) => scoreWithNodeLlamaCpp(task, 'probabilities'),
  'node-logits': (task) => scoreWithNodeLlamaCpp(task, 'logits'),
  'node-prefill': nodePrefill,
};
