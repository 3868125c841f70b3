import { isOptionName, type OptionName, optionNamed } from './option-table.js';

/**
 * An option as messages name it, whoever reads them; the command line makes a flag of it (see {@link nameFlags}).
 * Names in messages that are no options stand between other signs.
 */
export function named(name: OptionName): string {
  return `\`${name}\``;
}

/** An option's flag, e.g. `--max-length`. */
export function flagOf(name: OptionName): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A message in the words of the command line: what {@link named} has named is a flag, or an argument. */
export function nameFlags(message: string): string {
  return message.replace(/`(\w+)`/g, (text, name: string) => {
    if (!isOptionName(name)) return text;
    return optionNamed(name).surface === 'argument' ? `<${name}>` : flagOf(name);
  });
}
