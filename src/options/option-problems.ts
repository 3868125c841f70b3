import type { z } from 'zod';
import type { ReflectionError } from '../errors.js';
import { closestName } from '../util/closest-name.js';
import { optionError } from './option-error.js';
import { named } from './option-name.js';
import { isOptionName, optionNamed } from './option-table.js';

/** What is wrong with one option. */
export interface OptionProblem {
  /** Its name as given, with those of the sections around it; empty when what was given holds no options at all. */
  readonly path: readonly string[];
  /** What follows the name, e.g. `cannot be 0: Expected ...`; no full stop at the end. */
  readonly problem: string;
  readonly isUnknown: boolean;
}

/**
 * What a schema found wrong, an option at a time.
 * @param given - What was checked.
 * @param namesIn - The options that there are in a section, or outside of all.
 */
export function optionProblems(
  error: z.ZodError,
  given: unknown,
  namesIn: (section: readonly string[]) => readonly string[],
): readonly OptionProblem[] {
  return error.issues.flatMap((issue): OptionProblem[] => {
    const path = issue.path.map(String);
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...path, key],
        problem: unknown(key, namesIn(path)),
        isUnknown: true,
      }));
    }
    const nameSteps = path.filter((step) => !/^\d+$/.test(step));
    const message = issue.message.replace(/\.$/, '');
    return [
      {
        path: nameSteps,
        problem: `cannot be ${show(valueAt(given, nameSteps))}: ${message}`,
        isUnknown: false,
      },
    ];
  });
}

function unknown(key: string, names: readonly string[]): string {
  if (isOptionName(key)) {
    const { commands, surface } = optionNamed(key);
    const place = { flag: 'the command line', library: 'the library', argument: commands.join(', ') };
    return `is no option here, but one of ${place[surface ?? 'argument']}`;
  }
  const meant = closestName(key, names);
  return `is no option${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}

function valueAt(given: unknown, path: readonly string[]): unknown {
  return path.reduce((value, step) => (value as Record<string, unknown> | undefined)?.[step], given);
}

const LONGEST_VALUE = 60;

function show(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}...` : text;
}

/** The refusal of what has that problem. */
export function optionRefusal({ path, problem, isUnknown }: OptionProblem): ReflectionError {
  const option = path.join('.');
  const name = path.length === 0 ? 'This' : isOptionName(option) ? named(option) : JSON.stringify(option);
  return optionError(option, `${name} ${problem}${problem.endsWith('?') ? '' : '.'}`, {
    remedy: isUnknown ? 'Leave it out.' : 'Give another value, or leave it out.',
  });
}
