import { InvalidArgumentError } from 'commander';

/** Parses an option's value as a number, of at least `min`. `Infinity` is one. */
export function numberFrom(min: number): (value: string) => number {
  return (value) => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (number >= min) return number;
    throw new InvalidArgumentError(`Expected a number of at least ${min}.`);
  };
}

/** Parses an option's value as a number above 0. `Infinity` is one. */
export function positiveNumber(value: string): number {
  const number = Number(value);
  if (number > 0) return number;
  throw new InvalidArgumentError('Expected a number above 0.');
}

/** Parses an option's value as a number above 0 and at most 100. */
export function percentage(value: string): number {
  const number = Number(value);
  if (number > 0 && number <= 100) return number;
  throw new InvalidArgumentError('Expected a number above 0 and at most 100.');
}
