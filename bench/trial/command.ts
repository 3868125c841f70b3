import type { NodeContender, TrialTask } from './task.js';

/** What a fresh process of ours is started for. */
export type TrialCommand =
  | { readonly kind: 'measure'; readonly contender: NodeContender; readonly task: TrialTask }
  /** Writes the sequences of the task's contender to a file, for a contender that has no tokenizer of ours. */
  | { readonly kind: 'dump'; readonly task: TrialTask; readonly file: string };
