import { availableParallelism } from 'node:os';
import { z } from 'zod';
import type { DatasetName } from '../domain/dataset-name.js';
import { isJsonObject, type JsonObject, parseJsonIfValid } from '../util/json-value.js';

/** What an option's value is: how it is checked, and how the command line spells it. */
export interface Value<T> {
  /** Its complaint is one sentence that says what was expected. */
  readonly schema: z.ZodType<T>;
  /** `list`: members separated by commas; `words`: several arguments; `json`: JSON; a `switch` has no value. */
  readonly spelling: 'switch' | 'text' | 'whole' | 'number' | 'list' | 'words' | 'json';
  /** What stands for the value in help; for a measure its unit. */
  readonly placeholder: string;
  /** The members of a closed set. */
  readonly choices?: readonly string[];
}

export const SWITCH: Value<boolean> = {
  schema: z.boolean({ error: 'Expected true or false.' }),
  spelling: 'switch',
  placeholder: '',
};

export function text(placeholder: string): Value<string> {
  const error = 'Expected a text that is not empty.';
  return { schema: z.string({ error }).min(1, { error }), spelling: 'text', placeholder };
}

/** Text of a form of its own. */
export function textThat<T extends string>(
  placeholder: string,
  fits: (text: unknown) => text is T,
  expected: string,
): Value<T> {
  return { schema: z.custom<T>(fits, { error: `Expected ${expected}.` }), spelling: 'text', placeholder };
}

/** A whole number of something. */
export function count(placeholder: string, least = 1, most = Number.MAX_SAFE_INTEGER): Value<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const error = `Expected a whole number ${range}.`;
  return {
    schema: z.int({ error }).min(least, { error }).max(most, { error }),
    spelling: 'whole',
    placeholder,
  };
}

/** Threads that share a processor spin on each other: a few too many are slow, hundreds stop the machine. */
export const MOST_THREADS = 8 * availableParallelism();

/** A number from 0 on. */
export function amount(placeholder: string): Value<number> {
  const error = 'Expected a number of at least 0.';
  return { schema: z.number({ error }).min(0, { error }), spelling: 'number', placeholder };
}

/** A number above 0, and at most `most`. */
export function positive(placeholder: string, most = Number.POSITIVE_INFINITY): Value<number> {
  const error = `Expected a number above 0${most === Number.POSITIVE_INFINITY ? '' : ` and at most ${most}`}.`;
  return {
    schema: z.number({ error }).positive({ error }).max(most, { error }),
    spelling: 'number',
    placeholder,
  };
}

/** A number above 0, or Infinity for no bound. */
export function bound(placeholder: string): Value<number> {
  const error = 'Expected a number above 0; Infinity is one.';
  const schema = z.union([z.number().positive(), z.literal(Number.POSITIVE_INFINITY)], { error });
  return { schema, spelling: 'number', placeholder };
}

/** A time that a timer can be set to. */
export function seconds(): Value<number> {
  return positive('seconds', 2 ** 31 / 1000 - 1);
}

export function oneOf<const T extends string>(choices: readonly T[], placeholder = 'name'): Value<T> {
  const error = `Expected one of ${choices.join(', ')}.`;
  return { schema: z.enum(choices, { error }), spelling: 'text', placeholder, choices };
}

/** One or more members of a closed set, each once. */
export function someOf<const T extends string>(choices: readonly T[]): Value<readonly T[]> {
  const error = `Expected one or more of ${choices.join(', ')}, each once.`;
  const member = z.enum(choices, { error });
  const schema = z
    .array(member, { error })
    .min(1, { error })
    .refine((members) => new Set(members).size === members.length, { error })
    .readonly();
  return { schema, spelling: 'list', placeholder: 'list', choices };
}

/** A list whose members are texts of a form of their own, repetitions allowed. */
export function listThat<T extends string>(
  fits: (text: unknown) => text is T,
  expected: string,
): Value<readonly T[]> {
  const error = `Expected ${expected}.`;
  const member = z.custom<T>(fits, { error });
  return {
    schema: z.array(member, { error }).min(1, { error }).readonly(),
    spelling: 'list',
    placeholder: 'list',
  };
}

/** One or more texts of a form of their own. */
export function textsThat<T extends string>(
  placeholder: string,
  fits: (text: unknown) => text is T,
  expected: string,
): Value<readonly T[]> {
  return { ...listThat(fits, expected), spelling: 'words', placeholder };
}

/** An object of anything. */
export const JSON_OBJECT: Value<JsonObject> = {
  schema: z.custom<JsonObject>(isJsonObject, { error: 'Expected a JSON object.' }),
  spelling: 'json',
  placeholder: 'json',
};

/** One or more files. */
export function files(placeholder: string): Value<readonly string[]> {
  const error = 'Expected one or more files.';
  const schema = z.array(z.string({ error }).min(1, { error }), { error }).min(1, { error }).readonly();
  return { schema, spelling: 'words', placeholder };
}

/** A dataset: one input, or several in order. */
export function inputs(placeholder: string): Value<DatasetName> {
  const error = 'Expected one or more files.';
  const one = z.string({ error }).min(1, { error });
  const schema = z.union([one, z.array(one).min(1).readonly()], { error });
  return { schema, spelling: 'words', placeholder };
}

/**
 * What the command line's text stands for, not yet checked.
 * @param given - The text after the flag; all of them for `words`, none for a `switch`.
 */
export function fromFlag({ spelling }: Value<unknown>, given: string | readonly string[] | true): unknown {
  if (typeof given !== 'string') return given;
  switch (spelling) {
    case 'whole':
      return /^\d+$/.test(given) ? Number(given) : Number.NaN;
    case 'number':
      return toNumber(given.trim());
    case 'list':
      return given.split(',').map((member) => member.trim());
    case 'words':
      return [given];
    case 'json':
      return parseJsonIfValid(given);
    default:
      return given;
  }
}

/** Decimal notation only: `Number` also takes hexadecimal digits, and nothing at all for 0. */
function toNumber(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^Infinity$/.test(text) ? Number(text) : Number.NaN;
}
