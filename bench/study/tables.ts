import { formatSpread, type Spread, spreadOf } from '../report/statistics.js';
import type { TrialResult } from '../trial/task.js';
import { tokensPerSecond } from './figures.js';
import { formatFigure, formatTarget } from './format-figure.js';
import type { Finding } from './judge.js';
import type { Entry, Round, Study } from './study.js';

/** A table before it is drawn, for the terminal or as Markdown. */
export interface TableRows {
  readonly head: readonly string[];
  readonly align: readonly ('left' | 'right')[];
  readonly rows: readonly (readonly string[])[];
}

const ROUNDED = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 3 });
const rounded = (spread: Spread) => formatSpread(spread, (value) => ROUNDED.format(value));

/** What each entry did: speed, work and memory; memory is the largest of its trials. */
export function trialTable({ entries }: Study, rounds: readonly Round[]): TableRows {
  return {
    head: ['contender', 'tokens/s', 'rows/s', 'seconds', 'rows', 'tokens', 'peak memory', 'beyond file'],
    align: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    rows: entries.map((entry) =>
      trialRow(
        entry,
        rounds.map((round) => round.get(entry.name)!),
      ),
    ),
  };
}

function trialRow({ name, model }: Entry, results: readonly TrialResult[]): string[] {
  const spread = (value: (result: TrialResult) => number) => rounded(spreadOf(results.map(value)));
  const { tokens, rows } = results[0]!;
  const peaks = results.map(({ peakBytes }) => peakBytes).filter((bytes) => bytes !== null);
  const peak = peaks.length === 0 ? undefined : Math.max(...peaks);
  return [
    name,
    tokens === 0 ? '' : spread(tokensPerSecond),
    rows === 0 ? '' : spread((result) => result.rows / result.seconds),
    spread(({ seconds }) => seconds),
    rows === 0 ? '' : String(rows),
    tokens === 0 ? '' : String(tokens),
    peak === undefined ? '' : `${Math.round(peak / 1e6)} MB`,
    peak === undefined ? '' : `${Math.round((peak - model.bytes) / 1e6)} MB`,
  ];
}

/** Every figure that a study was made for, with its target. */
export function findingTable(findings: readonly Finding[]): TableRows {
  return {
    head: ['what', 'of', 'against', 'measured', 'target', ''],
    align: ['left', 'left', 'left', 'right', 'left', 'left'],
    rows: findings.flatMap((finding) => {
      const { what, subject, against, unit, target } = finding.claim;
      const start = [what, subject, against];
      if (finding.kind === 'unmeasured') return [];
      const { spread, verdict, reachesAim } = finding;
      const judgement = verdict === null ? '' : reachesAim ? `${verdict}, aim reached` : verdict;
      return [[...start, formatFigure(spread, unit), formatTarget(target, unit), judgement]];
    }),
  };
}

/** What a finding could not be measured without, for each that could not. */
export function unmeasuredLines(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap((finding) => {
    if (finding.kind === 'measured') return [];
    const { what, subject, against } = finding.claim;
    return [`${what}, ${subject}, against ${against}: ${finding.missing.join(', ')} took no part`];
  });
}
