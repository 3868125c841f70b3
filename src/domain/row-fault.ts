import type { UnscorableReason } from './score.js';

/** Why no sample can be made of a row. */
export interface RowFault {
  readonly kind: 'bad';
  readonly reason: UnscorableReason;
  /** What is wrong and what to do, in sentences; where is added by whoever knows. */
  readonly problem: string;
}

export function rowFault(reason: UnscorableReason, problem: string): RowFault {
  return { kind: 'bad', reason, problem };
}
