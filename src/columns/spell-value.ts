/** What a count of time is in. */
export type TimeUnit = 's' | 'ms' | 'us' | 'ns';

const PER_SECOND = { s: 1n, ms: 1_000n, us: 1_000_000n, ns: 1_000_000_000n } as const;
const DIGITS = { s: 0, ms: 3, us: 6, ns: 9 } as const;
/** Days on which JavaScript has a calendar date. */
const LAST_DAY = 1e8;

/** A day, counted from 1970 on, as `2026-01-31`; days that no calendar has here as their number. */
export function spellDate(days: number): string {
  if (Math.abs(days) > LAST_DAY) return String(days);
  return new Date(days * 86_400_000).toISOString().replace(/T.*/, '');
}

/** A time of day as `13:05:00.250`, as many digits as the unit has where there is a fraction. */
export function spellTime(count: bigint, unit: TimeUnit): string {
  const seconds = floorDivide(count, PER_SECOND[unit]);
  const [hours, minutes] = [seconds / 3600n, (seconds / 60n) % 60n];
  return [hours, minutes, seconds % 60n].map(twoDigits).join(':') + fraction(count, unit);
}

/** A moment, counted from 1970 on, as `2026-01-31T13:05:00.25Z`, the `Z` where it is known to be one of UTC. */
export function spellTimestamp(count: bigint, unit: TimeUnit, isUtc: boolean): string {
  const seconds = floorDivide(count, PER_SECOND[unit]);
  const days = floorDivide(seconds, 86_400n);
  if (days > BigInt(LAST_DAY) || days < -BigInt(LAST_DAY)) return String(count);
  const time = spellTime((seconds - days * 86_400n) * PER_SECOND[unit] + remainder(count, unit), unit);
  return `${spellDate(Number(days))}T${time}${isUtc ? 'Z' : ''}`;
}

/** A whole number of `10 ** -scale`, with all its digits. */
export function spellDecimal(value: bigint, scale: number): string {
  if (scale <= 0) return (value * 10n ** BigInt(-scale)).toString();
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function fraction(count: bigint, unit: TimeUnit): string {
  const rest = remainder(count, unit);
  return rest === 0n ? '' : `.${rest.toString().padStart(DIGITS[unit], '0')}`;
}

function remainder(count: bigint, unit: TimeUnit): bigint {
  return count - floorDivide(count, PER_SECOND[unit]) * PER_SECOND[unit];
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

function twoDigits(value: bigint): string {
  return value.toString().padStart(2, '0');
}
