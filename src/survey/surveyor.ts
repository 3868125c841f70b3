import { METRICS, type Metric } from '../domain/score.js';
import type { Measurement } from '../selection/measurement.js';
import { scriptJson } from '../util/script-json.js';
import { FLOW_START, KEPT } from './flow.js';
import { GroupNames } from './groups.js';
import { RowSample, type RowSampling } from './row-sample.js';
import { keyNumber, MOMENTS, RowTable, type SurveyedRow } from './row-table.js';
import type { ShownRow, ShownScores } from './shown-row.js';
import { summarizeRows } from './summarize-rows.js';
import type { ReasonCount, ReasonKind, Survey, TeacherSurvey } from './survey.js';

/** What becomes of a source: numbers of all its rows, and some rows. */
export interface SurveyedSource {
  readonly survey: Survey;
  readonly shown: readonly ShownRow[];
  readonly sampling: RowSampling;
  /** Of every row, for comparing sources. */
  readonly table: RowTable;
  readonly pathOf: (row: number) => readonly string[];
}

export interface SurveyOptions {
  /** Groups rows by this field of theirs. */
  readonly by?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Of the shown rows, as the page spells them. */
  readonly mostBytes: number;
}

/** A row on its way into a survey. */
export interface ReadRow extends Omit<SurveyedRow, 'group'> {
  readonly reasons: readonly { readonly kind: ReasonKind; readonly reason: string }[];
  /** The value of the field that rows are grouped by. */
  readonly groupValue: unknown;
  /** What the page shows of it. */
  readonly show: () => Omit<ShownRow, OwnFields>;
}

/** What a surveyor knows of a shown row by itself. */
type OwnFields = 'place' | 'key' | 'before' | 'after' | 'length' | 'isKept' | 'path' | 'reasons' | 'group';

type KeptRow = Omit<ShownRow, 'length' | 'isKept' | 'path'> & { readonly row: number };

/** Takes the rows of a source one by one, in memory that grows by some numbers a row. */
export class Surveyor {
  readonly table = new RowTable();
  readonly #sample = new RowSample<KeptRow>();
  readonly #reasons = new Map<string, number>();
  readonly #groups = new GroupNames();
  readonly #options: SurveyOptions;

  constructor(options: SurveyOptions) {
    this.#options = options;
  }

  add({ reasons, groupValue, show, ...read }: ReadRow): void {
    const { table } = this;
    const group = this.#options.by === undefined ? undefined : this.#groups.name(groupValue);
    const named = [...new Set(reasons.map(({ kind, reason }) => `${kind} ${reason}`))];
    for (const reason of named) this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    const row = table.rows;
    table.push({ ...read, group });
    const strata = [
      ...scoreStrata(read),
      ...named,
      read.path.join('>'),
      ...(group === undefined ? [] : [`by ${group}`]),
    ];
    this.#sample.offer(keyNumber(read.key), strata, () => ({
      row,
      place: row + 1,
      key: read.key,
      before: shownScores(read.before),
      after: METRICS.some((metric) => read.after[metric].kind === 'value') ? shownScores(read.after) : null,
      reasons: named,
      group: group ?? null,
      ...show(),
    }));
  }

  /**
   * The survey of all rows that were added.
   * @param pathOf - The nodes of the flow behind the first, for every row.
   */
  finish(
    source: { readonly name: string; readonly kind: Survey['kind']; readonly rule: readonly string[] },
    pathOf: (row: number) => readonly string[],
    teacher?: TeacherSurvey,
  ): SurveyedSource {
    const { table } = this;
    const summary = summarizeRows(table, pathOf, this.#options.by);
    const { unit } = summary.lengths;
    const shown = this.#sample
      .choose((row) => Buffer.byteLength(scriptJson(row)), this.#options.mostBytes)
      .sort((a, b) => a.row - b.row)
      .map(({ row, ...rest }): ShownRow => {
        const path = pathOf(row);
        return {
          ...rest,
          length: table.length(row, unit) ?? null,
          isKept: path.at(-1) === KEPT,
          path: [FLOW_START, ...path],
        };
      });
    const { name, kind, rule } = source;
    return {
      survey: {
        source: name,
        kind,
        rule,
        ...summary,
        reasons: this.#reasonCounts(),
        ...(teacher && { teacher }),
      },
      shown,
      sampling: { shown: shown.length, rows: table.rows },
      table,
      pathOf,
    };
  }

  #reasonCounts(): ReasonCount[] {
    return [...this.#reasons]
      .map(([name, rows]): ReasonCount => {
        const [kind, reason] = name.split(' ', 2) as [ReasonKind, string];
        return { kind, reason, rows };
      })
      .sort((a, b) => b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
  }
}

/** Bars of a histogram are about this wide. */
const STRATUM_WIDTH = 0.05;
/** What is above all of them is one stratum. */
const MOST_STRATA = 60;

function scoreStrata({ before, after }: Pick<SurveyedRow, 'before' | 'after'>): string[] {
  return MOMENTS.flatMap((moment) =>
    METRICS.flatMap((metric) => {
      const score = { before, after }[moment][metric];
      if (score.kind === 'missing') return [];
      return [`${moment} ${metric} ${Math.min(MOST_STRATA, Math.floor(score.value / STRATUM_WIDTH))}`];
    }),
  );
}

function shownScores(scores: Readonly<Record<Metric, Measurement>>): ShownScores {
  const { ifd, rifd } = scores;
  return {
    ifd: ifd.kind === 'value' ? ifd.value : null,
    rifd: rifd.kind === 'value' ? rifd.value : null,
  };
}
