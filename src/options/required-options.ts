import type { Complete } from './defaults.js';
import type { CommandName } from './option.js';
import type { OptionName, OptionsOf, OptionValue } from './option-table.js';

/** What a command never does without. Beyond that `run` needs a student and a teacher unless its mode does not. */
export const REQUIRED = {
  run: ['dataset', 'output'],
  reflect: ['dataset', 'output', 'teacher'],
  'teacher-check': ['teacher'],
  score: ['dataset', 'student'],
  select: ['output'],
  compare: [],
  inspect: ['dataset'],
  report: [],
  estimate: ['dataset', 'student'],
} as const satisfies Record<CommandName, readonly OptionName[]>;

type RequiredOf<Command extends CommandName> = {
  readonly [Name in (typeof REQUIRED)[Command][number]]: OptionValue<Name>;
};

/** A command's options as a caller gives them: those that are required are there. */
export type CommandOptions<Command extends CommandName> = OptionsOf<Command> & RequiredOf<Command>;

/** A command's options with defaults in place. */
export type CompleteOptions<Command extends CommandName> = Complete<OptionsOf<Command>, Command> &
  RequiredOf<Command>;
