import { type CommandName, forCommand } from './option.js';
import { type OPTIONS, type OptionName, type OptionValue, optionsOf } from './option-table.js';
import type { TeacherWay } from './teacher-name.js';

type Table = typeof OPTIONS;

/** Options of a command that have a value when they are left out: a default of their own or, switches, false. */
type Defaulted<Command extends CommandName> = {
  [N in OptionName]: Table[N] extends
    | { default: { value: unknown } }
    | { default: { [C in Command]: { value: unknown } } }
    ? N
    : OptionValue<N> extends boolean
      ? N
      : never;
}[OptionName];

/** Options of a command, those that have defaults never missing. */
export type Complete<T, Command extends CommandName> = {
  readonly [N in keyof T as N extends Defaulted<Command> ? N : never]-?: Exclude<T[N], undefined>;
} & { readonly [N in keyof T as N extends Defaulted<Command> ? never : N]: T[N] };

/** Puts the defaults of a command's options where nothing is given. */
export function withDefaults<T extends object, Command extends CommandName>(
  command: Command,
  options: T,
): Complete<T, Command> {
  const entries = optionsOf(command).flatMap(([name, option]) => {
    // what exists on the command line only has no default elsewhere
    if (option.surface === 'flag') return [];
    const given = (options as Record<string, unknown>)[name];
    if (given !== undefined) return [[name, given]];
    const fallback = forCommand(option.default, command);
    if (fallback !== undefined && 'value' in fallback) return [[name, fallback.value]];
    return option.value.spelling === 'switch' ? [[name, false]] : [];
  });
  return Object.fromEntries(entries) as Complete<T, Command>;
}

/** How many requests to a teacher are under way at a time: as told, else what suits the way in which it is asked. */
export function concurrencyFor(way: TeacherWay | undefined, given: number | undefined): number {
  return given ?? (way === 'gguf' ? 4 : 8);
}
