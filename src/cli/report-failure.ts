import { ReflectionError } from '../errors.js';
import { nameFlags } from '../options/option-name.js';

/** Prints what went wrong, without a stack unless it is a defect of ours, and returns the exit code. */
export function reportFailure(error: unknown): number {
  if (!(error instanceof ReflectionError) || error.code === 'internal') {
    console.error('internal error, please report it:', error);
    return 1;
  }
  const interrupted = error.code === 'aborted';
  console.error(interrupted ? 'interrupted' : `error: ${nameFlags(error.message)}`);
  if (error.remedy) console.error(`  remedy: ${nameFlags(error.remedy)}`);
  if (process.env.REFLECTION_TUNING_DEBUG === '1') console.error(error);
  return interrupted ? 130 : 2;
}
