import { plainTable } from '../../src/report/plain-table.js';
import { formatSpread, type Spread, spreadOf } from '../report/statistics.js';
import { type Ratio, speedsWithHead, tokensPerSecond } from './compare.js';
import type { ForwardCost } from './forward-cost.js';
import type { Trials } from './run-rounds.js';

const ROUNDED = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const MEBIBYTE = 2 ** 20;

const speed = (spread: Spread) => formatSpread(spread, (value) => ROUNDED.format(value));
const ratio = (spread: Spread) => formatSpread(spread, (value) => value.toFixed(2));

/** Speed and memory of each contender; memory is the largest of its trials. */
export function renderTrials(trials: Trials, cost: ForwardCost, modelBytes: number): string {
  const rows = [...trials].map(([contender, results]) => {
    const peak = Math.max(...results.map(({ peakBytes }) => peakBytes));
    return [
      contender,
      speed(spreadOf(results.map(tokensPerSecond))),
      speed(spreadOf(results.map(({ seconds }) => seconds))),
      String(results[0]!.tokens),
      `${Math.round(peak / MEBIBYTE)} MiB`,
      `${Math.round((peak - modelBytes) / MEBIBYTE)} MiB`,
    ];
  });
  const ours = trials.get('ours');
  const prefill = trials.get('prefill');
  if (ours && prefill) {
    const derived = speed(spreadOf(speedsWithHead(ours, prefill, cost)));
    rows.push(['prefill + head', derived, 'computed', '', '', '']);
  }
  return plainTable({
    head: ['contender', 'tokens/s', 'seconds', 'tokens', 'peak memory', 'beyond file'],
    align: ['left', 'right', 'right', 'right', 'right', 'right'],
    rows,
  });
}

export function renderRatios(ratios: readonly Ratio[]): string {
  return plainTable({
    head: ['ours, as a multiple of', 'speed', 'target', ''],
    align: ['left', 'right', 'right', 'left'],
    rows: ratios.map(({ opponent, spread, target, verdict }) => [
      opponent,
      ratio(spread),
      target === null ? '' : target.toFixed(1),
      verdict ?? '',
    ]),
  });
}

export interface ModelRatios {
  readonly model: string;
  readonly ratios: readonly Ratio[];
}

/** The targets of all models that have any; the empty string when none has. */
export function renderTargets(all: readonly ModelRatios[]): string {
  const rows = all.flatMap(({ model, ratios }) =>
    ratios.flatMap(({ opponent, spread, target, verdict }) =>
      target === null || verdict === null
        ? []
        : [[model, opponent, ratio(spread), `at least ${target.toFixed(1)}`, verdict]],
    ),
  );
  if (rows.length === 0) return '';
  return plainTable({
    head: ['model', 'ours, as a multiple of', 'measured', 'target', ''],
    align: ['left', 'left', 'right', 'left', 'left'],
    rows,
  });
}
