import { InvalidArgumentError } from 'commander';

/** Parsers of option values; what they throw names the option and is printed by commander. */

export function integerFrom(min: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < min) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
    }
    return number;
  };
}

/** A comma-separated list of different members of a closed set. */
export function listOf<T extends string>(members: readonly T[]): (value: string) => readonly T[] {
  return (value) => {
    const names = value.split(',').map((name) => name.trim());
    const known = members.filter((member) => names.includes(member));
    if (known.length !== names.length) {
      throw new InvalidArgumentError(`Expected one or more of ${members.join(', ')}, separated by commas.`);
    }
    return known;
  };
}
