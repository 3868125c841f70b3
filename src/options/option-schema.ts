import { z } from 'zod';
import type { CommandName, Option } from './option.js';
import { optionProblems, optionRefusal } from './option-problems.js';
import { type OptionName, type Options, optionNamed, optionsOf } from './option-table.js';

/** The options that a command takes as a function of the library. */
export function libraryNames(command: CommandName): readonly OptionName[] {
  return namesOf(command, ['flag']);
}

/** The options that a command takes from the command line and from a config file. */
export function settingNames(command: CommandName): readonly OptionName[] {
  return namesOf(command, ['flag', 'library']);
}

function namesOf(command: CommandName, except: readonly Option['surface'][]): readonly OptionName[] {
  const options = optionsOf(command).filter(
    ([, { surface }]) => surface === undefined || !except.includes(surface),
  );
  return options.map(([name]) => name);
}

/** Values of these options, any of which may be left out, and nothing else. */
export function optionSchema<Name extends OptionName>(names: readonly Name[]): z.ZodType<Options<Name>> {
  return z.strictObject(optionShape(names)) as unknown as z.ZodType<Options<Name>>;
}

export function optionShape(names: readonly OptionName[]): Readonly<Record<string, z.ZodType>> {
  return Object.fromEntries(names.map((name) => [name, optionNamed(name).value.schema.optional()]));
}

/** Checks each option by itself. @throws {ReflectionError} `invalid_option` for one that is unknown or unusable. */
export function checkOptions<Name extends OptionName>(names: readonly Name[], given: object): Options<Name> {
  const checked = optionSchema(names).safeParse(given);
  if (checked.success) return checked.data;
  throw optionRefusal(optionProblems(checked.error, given, () => names)[0]!);
}
