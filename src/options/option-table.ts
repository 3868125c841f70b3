import type { CommandName, Option } from './option.js';
import { GENERAL_OPTIONS } from './table/general-options.js';
import { LAYOUT_OPTIONS } from './table/layout-options.js';
import { SELECTION_OPTIONS } from './table/selection-options.js';
import { SERVER_OPTIONS } from './table/server-options.js';
import { STUDENT_OPTIONS } from './table/student-options.js';
import { TEACHER_OPTIONS } from './table/teacher-options.js';
import type { Value } from './value.js';

/**
 * Every option, once. The command line, the config file, the library's types and checks, help and the tables of the
 * documentation are all made from this.
 */
export const OPTIONS: Table = {
  ...GENERAL_OPTIONS,
  ...LAYOUT_OPTIONS,
  ...STUDENT_OPTIONS,
  ...TEACHER_OPTIONS,
  ...SERVER_OPTIONS,
  ...SELECTION_OPTIONS,
};

type Table = typeof GENERAL_OPTIONS &
  typeof LAYOUT_OPTIONS &
  typeof STUDENT_OPTIONS &
  typeof TEACHER_OPTIONS &
  typeof SERVER_OPTIONS &
  typeof SELECTION_OPTIONS;
export type OptionName = keyof Table;

/** The type of an option's value. */
export type OptionValue<Name extends OptionName> = Table[Name]['value'] extends Value<infer T> ? T : never;

/** Options by name, any of which may be left out. What is said of one in the table is said of it here. */
export type Options<Name extends OptionName> = {
  readonly [N in keyof Pick<Table, Name>]?: OptionValue<N> | undefined;
};

/** The names of a command's options. */
type OptionNameOf<Command extends CommandName> = {
  [N in OptionName]: Command extends Table[N]['commands'][number] ? N : never;
}[OptionName];

type NamesOn<Surface> = {
  [N in OptionName]: Table[N] extends { surface: Surface } ? N : never;
}[OptionName];

/** What a command takes as a function of the library, without what exists only while it runs. */
export type OptionsOf<Command extends CommandName> = Options<Exclude<OptionNameOf<Command>, NamesOn<'flag'>>>;

/** What a command takes from the command line and from a config file. */
export type SettingsOf<Command extends CommandName> = Options<
  Exclude<OptionNameOf<Command>, NamesOn<'flag' | 'library'>>
>;

/** An option as far as it is the same for all, for code that goes over the whole table. */
export function optionNamed(name: OptionName): Option {
  return OPTIONS[name];
}

export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTIONS, name);
}

/** A command's options in the order of the table. */
export function optionsOf(command: CommandName): readonly (readonly [name: OptionName, option: Option])[] {
  return Object.entries<Option>(OPTIONS)
    .filter(([, { commands }]) => commands.includes(command))
    .map(([name, option]) => [name as OptionName, option]);
}
