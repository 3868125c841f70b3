import { type Command, Option } from 'commander';
import { describeOption } from '../../options/describe-option.js';
import { type CommandName, forCommand, OPTION_GROUPS } from '../../options/option.js';
import { type OptionName, optionNamed, optionsOf } from '../../options/option-table.js';
import { flagParser } from './flag-parser.js';

/** Adds the arguments and flags of a command as the table of options has them. */
export function addOptions(command: Command, name: CommandName): Command {
  const options = optionsOf(name).filter(([, { surface }]) => surface !== 'library');
  for (const [option, { surface, value, help }] of options) {
    const several = value.spelling === 'words' ? '...' : '';
    if (surface === 'argument') command.argument(`[${option}${several}]`, forCommand(help, name));
  }
  for (const group of OPTION_GROUPS) {
    for (const [option, spec] of options) {
      if (spec.surface === 'argument' || forCommand(spec.group, name) !== group) continue;
      command.addOption(flag(option, name).helpGroup(`${group}:`));
    }
  }
  return command;
}

function flag(name: OptionName, command: CommandName): Option {
  const spec = optionNamed(name);
  const { flags, meaning, notes, fallback } = describeOption(name, spec, command);
  const asides = [...notes, ...(fallback === undefined ? [] : [`default: ${fallback}`])];
  const option = new Option(flags, asides.length === 0 ? meaning : `${meaning} (${asides.join('; ')})`);
  return spec.value.spelling === 'switch' ? option : option.argParser(flagParser(spec.value));
}

/** The options that were given on the command line, by name. */
export function givenOptions(command: Command): Readonly<Record<string, unknown>> {
  const entries = Object.entries(command.opts<Record<string, unknown>>());
  return Object.fromEntries(entries.filter(([name]) => command.getOptionValueSource(name) === 'cli'));
}
