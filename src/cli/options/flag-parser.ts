import { InvalidArgumentError } from 'commander';
import { fromFlag, type Value } from '../../options/value.js';

/** Reads a flag's value, with those before it where it takes several; what it throws is printed by commander. */
export function flagParser<T>(value: Value<T>): (given: string, earlier: unknown) => T {
  return (given, earlier) => {
    const words = value.spelling === 'words' ? [...((earlier as string[] | undefined) ?? []), given] : given;
    const checked = value.schema.safeParse(fromFlag(value, words));
    if (checked.success) return checked.data;
    throw new InvalidArgumentError(checked.error.issues[0]!.message);
  };
}
