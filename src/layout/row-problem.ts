import { type RowFault, rowFault } from '../domain/row-fault.js';
import type { UnscorableReason } from '../domain/score.js';

/** Carries what is wrong with a row out of the depth of reading it; {@link orFault} makes a value of it again. */
class RowProblem extends Error {
  readonly fault: RowFault;

  constructor(fault: RowFault) {
    super(fault.problem);
    this.fault = fault;
  }
}

/** Ends the reading of a row. The problem is sentences: what is wrong and what to do. */
export function refuseRow(reason: UnscorableReason, problem: string): never {
  throw new RowProblem(rowFault(reason, problem));
}

/** What `read` returns, or the fault that it met. */
export function orFault<T>(read: () => T): T | RowFault {
  try {
    return read();
  } catch (error) {
    if (error instanceof RowProblem) return error.fault;
    throw error;
  }
}
