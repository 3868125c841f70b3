import type { Redact } from './secrets.js';

/** An error, its cause, the cause of that, and so on, outermost first. */
export function causeChain(error: unknown): Error[] {
  const chain: Error[] = [];
  for (let cause = error; cause instanceof Error && !chain.includes(cause); cause = cause.cause) {
    chain.push(cause);
  }
  return chain;
}

/**
 * A copy of an error and its causes that may be kept and printed: names, codes and messages, secrets blotted out. The
 * originals hold headers and bodies. Undefined for what is no error.
 */
export function redactError(error: unknown, redact: Redact): Error | undefined {
  return causeChain(error).reduceRight<Error | undefined>((cause, original) => {
    const copy = new Error(redact(original.message), cause && { cause });
    copy.name = original.name;
    copy.stack = redact(original.stack ?? '');
    return 'code' in original ? Object.assign(copy, { code: original.code }) : copy;
  }, undefined);
}
