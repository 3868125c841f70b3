import type { TeacherWay } from './teacher-name.js';
import type { Value } from './value.js';

/** The commands that have options; each is a function of the library as well. */
export const COMMANDS = [
  'run',
  'reflect',
  'teacher-check',
  'score',
  'select',
  'compare',
  'inspect',
  'report',
  'estimate',
] as const;
export type CommandName = (typeof COMMANDS)[number];

/** The headings of a command's help, in the order in which they come. */
export const OPTION_GROUPS = [
  'Scored files',
  'Options',
  'Layout of the rows',
  'Student',
  'Teacher',
  'Teacher behind a server (openai:, azure:)',
  'Teacher in this process (gguf:)',
  'Selection',
  'Output',
  'Going on',
] as const;
export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** Who takes part in a command: the student, and the teacher in the way it is asked. */
export type Part = 'student' | TeacherWay;

/** Something that is not the same for all commands. */
export type ByCommand<T> = { readonly [Name in CommandName]?: T };

/** What holds when an option is left out: a value, or words for what cannot be told beforehand. */
export type Default = { readonly value: unknown; readonly text?: string } | { readonly text: string };

/** All that is known of an option; its name in camel case is its key in the table. */
export interface Option {
  readonly value: Value<unknown>;
  readonly group: OptionGroup | ByCommand<OptionGroup>;
  /** What it does, half a sentence. */
  readonly help: string | ByCommand<string>;
  readonly commands: readonly CommandName[];
  /**
   * Where it can be set: everywhere, unless told. `argument`: everywhere, on the command line by its place. `flag`:
   * on the command line only. `library`: in the library only.
   */
  readonly surface?: 'argument' | 'flag' | 'library';
  /** Its one letter on the command line. */
  readonly short?: string;
  readonly default?: Default | ByCommand<Default>;
  /** It means nothing unless one of these takes part. */
  readonly concerns?: readonly Part[];
  /** Options that it cannot go with. */
  readonly conflicts?: readonly string[];
  /** Options without which it means nothing. */
  readonly needs?: readonly string[] | ByCommand<readonly string[]>;
}

/** What holds for one command. */
export function forCommand<T>(given: T | ByCommand<T> | undefined, command: CommandName): T | undefined {
  return isByCommand(given) ? given[command] : given;
}

function isByCommand<T>(given: T | ByCommand<T> | undefined): given is ByCommand<T> {
  return typeof given === 'object' && given !== null && COMMANDS.some((command) => command in given);
}
