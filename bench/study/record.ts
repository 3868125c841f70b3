import { spreadOf } from '../report/statistics.js';
import { tokensPerSecond } from './figures.js';
import type { StudyResult } from './run-study.js';

/** A study as it goes into the results file: every sample, every parameter, every figure. */
export function studyRecord({
  study,
  rounds,
  findings,
  disagreement,
}: StudyResult): Readonly<Record<string, unknown>> {
  return {
    kind: 'study',
    name: study.name,
    title: study.title,
    rounds: study.rounds,
    entries: study.entries.map((entry) => {
      const results = rounds.map((round) => round.get(entry.name)!);
      return {
        ...entry,
        tokensPerSecond: spreadOf(results.map(tokensPerSecond)),
        samples: results.map(({ losses, ...sample }) => sample),
      };
    }),
    findings: findings.map(({ claim: { measure, ...claim }, ...finding }) => ({ ...claim, ...finding })),
    disagreement,
  };
}
