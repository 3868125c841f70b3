import { NumberMap } from '../util/number-map.js';
import { KEPT } from './flow.js';
import type { SurveyedSource } from './surveyor.js';
import { TextCodes } from './text-codes.js';

/** What becomes of the same rows in two sources. */
export interface SourceComparison {
  /** Their places among the sources, from 0 on. */
  readonly sources: readonly [number, number];
  /** Rows that are in both, known by their keys. */
  readonly matched: number;
  /** Of these, kept in both, in neither, in one only. */
  readonly both: number;
  readonly neither: number;
  readonly firstOnly: number;
  readonly secondOnly: number;
  /** How often which outcome of the one goes with which other one of the other, the commonest first. */
  readonly differing: readonly DifferingOutcome[];
}

export interface DifferingOutcome {
  /** `kept`, the variant that is kept, or why the row is dropped. */
  readonly first: string;
  readonly second: string;
  readonly rows: number;
}

/** Compares the decisions of the first source with those of each other one, in some 40 bytes a row. */
export function compareSources(sources: readonly SurveyedSource[]): readonly SourceComparison[] {
  const [first, ...others] = sources;
  if (first === undefined || others.length === 0) return [];
  const codes = new TextCodes();
  const outcomes = new NumberMap();
  for (let row = 0; row < first.table.rows; row++) {
    outcomes.set(first.table.key(row), codes.code(outcomeOf(first, row)));
  }
  return others.map((other, i) =>
    compare(other, i + 1, (key) => {
      const code = outcomes.get(key);
      return code === undefined ? undefined : codes.text(code);
    }),
  );
}

function compare(
  other: SurveyedSource,
  place: number,
  firstOutcome: (key: number) => string | undefined,
): SourceComparison {
  const counts = { matched: 0, both: 0, neither: 0, firstOnly: 0, secondOnly: 0 };
  const differing = new Map<string, number>();
  for (let row = 0; row < other.table.rows; row++) {
    const first = firstOutcome(other.table.key(row));
    if (first === undefined) continue;
    const second = outcomeOf(other, row);
    counts.matched++;
    counts[agreement(isKept(first), isKept(second))]++;
    if (first === second) continue;
    const pair = JSON.stringify([first, second]);
    differing.set(pair, (differing.get(pair) ?? 0) + 1);
  }
  return {
    sources: [0, place],
    ...counts,
    differing: [...differing]
      .map(([pair, rows]): DifferingOutcome => {
        const [first, second] = JSON.parse(pair) as [string, string];
        return { first, second, rows };
      })
      .sort((a, b) => b.rows - a.rows),
  };
}

function agreement(first: boolean, second: boolean): 'both' | 'neither' | 'firstOnly' | 'secondOnly' {
  if (first === second) return first ? 'both' : 'neither';
  return first ? 'firstOnly' : 'secondOnly';
}

/** Of what is kept of a run, also which variant it is. */
function outcomeOf({ survey, pathOf }: SurveyedSource, row: number): string {
  const path = pathOf(row);
  const end = path.at(-1)!;
  return end === KEPT && survey.kind === 'run' ? `${KEPT}: ${path.at(-2)}` : end;
}

function isKept(outcome: string): boolean {
  return outcome.startsWith(KEPT);
}
