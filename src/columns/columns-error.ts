/** A file of columns that cannot be read; `problem` follows its name. */
export class ColumnsError extends Error {
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: string, remedy: string, cause?: unknown) {
    super(problem, { cause });
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** What reading columns failed with, an error of the system or of ours as it is. */
export function columnsError(cause: unknown, where: string, remedy: string): unknown {
  if (cause instanceof ColumnsError) return cause;
  const isSystem = cause instanceof Error && 'syscall' in cause;
  if (isSystem || (cause as Error).name === 'AbortError') return cause;
  return new ColumnsError(`is damaged ${where}: ${(cause as Error).message}`, remedy, cause);
}
