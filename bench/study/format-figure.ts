import { formatSpread, type Spread } from '../report/statistics.js';
import type { Target, Unit } from './study.js';

const NOTATIONS: Readonly<Record<Unit, (value: number) => string>> = {
  times: (value) => value.toFixed(2),
  percent: (value) => value.toFixed(value < 10 ? 1 : 0),
  megabytes: (value) => value.toFixed(0),
};

const SYMBOLS: Readonly<Record<Unit, string>> = {
  times: ' x',
  percent: ' %',
  megabytes: ' MB',
};

/** `1.52 (1.48-1.60) x`. */
export function formatFigure(spread: Spread, unit: Unit): string {
  return formatSpread(spread, NOTATIONS[unit]) + SYMBOLS[unit];
}

/** `at least 1.5 x, aim 3 x`; "" without a target. */
export function formatTarget(target: Target | undefined, unit: Unit): string {
  if (target === undefined) return '';
  const { direction, done, aim } = target;
  return `${direction} ${done}${SYMBOLS[unit]}${aim === undefined ? '' : `, aim ${aim}${SYMBOLS[unit]}`}`;
}
