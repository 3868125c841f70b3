import { type IgnoredCounts, IgnoredFields } from '../../dataset/ignored-fields.js';
import { VARIANTS, type Variant } from '../../selection/variant.js';
import type { ReflectedVariant } from '../reflections/reflection.js';
import { type DecidedRow, type DecidedTurn, decidingTurn } from '../rows/decided-turn.js';
import type { TeacherTotals } from '../run/run-state.js';

/** What became of the reflections of one kind. */
export interface ReflectionCounts {
  /** The student prefers them. */
  readonly preferred: number;
  /** The student does not. */
  readonly refused: number;
  /** Made, but never compared: eager runs, or a mode without a student. */
  readonly uncompared: number;
  /** The teacher repeated the sample. */
  readonly unchanged: number;
  /** Nothing usable came back, by reason. */
  readonly failed: Readonly<Record<string, number>>;
}

/** Everything there is to count of a run; `summary.json`. */
export interface RunSummary {
  readonly rows: number;
  readonly selected: number;
  readonly rejected: number;
  /** Answers that were decided, where there are rows with several; the counts below are of these then, not of rows. */
  readonly turns?: number;
  /** Of what was selected. */
  readonly outcomes: Readonly<Record<Variant, number>>;
  /** Of what was rejected, unusable rows included. */
  readonly rejections: Readonly<Record<string, number>>;
  readonly reflections: Readonly<Record<ReflectedVariant, ReflectionCounts>>;
  /** Scores that could not be computed, by reason. */
  readonly unscorable: Readonly<Record<string, number>>;
  /** Rows with fields that had no part in anything; not there when there are none. */
  readonly ignored_fields?: IgnoredCounts;
  /** All that the teacher was asked in this run directory. */
  readonly teacher: TeacherTotals;
  /** What llama.cpp warned of while it loaded the models; not there when it did not. */
  readonly model_warnings?: readonly string[];
}

interface Tally {
  preferred: number;
  refused: number;
  uncompared: number;
  unchanged: number;
  failed: Record<string, number>;
}

export class RunCounter {
  #rows = 0;
  #selected = 0;
  #turns = 0;
  readonly #ignored: IgnoredFields;
  readonly #outcomes: Record<Variant, number> = { original: 0, instruction: 0, response: 0, both: 0 };
  readonly #rejections: Record<string, number> = {};
  readonly #unscorable: Record<string, number> = {};
  readonly #reflections: Record<ReflectedVariant, Tally> = {
    instruction: emptyTally(),
    response: emptyTally(),
    both: emptyTally(),
  };

  /** @param used - See {@link IgnoredFields}. */
  constructor(used: readonly string[]) {
    this.#ignored = new IgnoredFields(used);
  }

  addBadRow(reason: string): void {
    this.#rows++;
    this.#turns++;
    count(this.#rejections, reason);
  }

  add(decided: DecidedRow): void {
    this.#rows++;
    this.#ignored.add(decided.row);
    if (decidingTurn(decided).decision.kind === 'selected') this.#selected++;
    for (const turn of decided.turns) this.#addTurn(turn);
  }

  #addTurn({ decision, reflections, scores }: DecidedTurn): void {
    this.#turns++;
    if (decision.kind === 'selected') {
      this.#outcomes[decision.outcome]++;
    } else {
      count(this.#rejections, decision.reason);
    }
    for (const variant of VARIANTS) {
      for (const score of Object.values(scores[variant] ?? {})) {
        if (score.kind === 'unscorable') count(this.#unscorable, score.reason);
      }
      const reflection = variant === 'original' ? undefined : reflections[variant];
      if (reflection === undefined || variant === 'original' || reflection.kind === 'absent') continue;
      const tally = this.#reflections[variant];
      if (reflection.kind === 'failed') count(tally.failed, reflection.reason);
      else if (reflection.kind === 'unchanged') tally.unchanged++;
      else tally[verdictOn(variant, decision.evidence.steps)]++;
    }
  }

  snapshot(teacher: TeacherTotals, warnings: readonly string[] = []): RunSummary {
    const ignored = this.#ignored.counts;
    return {
      rows: this.#rows,
      selected: this.#selected,
      rejected: this.#rows - this.#selected,
      ...(this.#turns > this.#rows && { turns: this.#turns }),
      outcomes: this.#outcomes,
      rejections: sorted(this.#rejections),
      reflections: this.#reflections,
      unscorable: sorted(this.#unscorable),
      ...(Object.keys(ignored).length > 0 && { ignored_fields: ignored }),
      teacher,
      ...(warnings.length > 0 && { model_warnings: warnings }),
    };
  }
}

function verdictOn(
  variant: ReflectedVariant,
  steps: DecidedTurn['decision']['evidence']['steps'],
): 'preferred' | 'refused' | 'uncompared' {
  for (const step of steps) {
    if (step.kind === 'filter') continue;
    const compared =
      step.kind === 'instruction' ? 'instruction' : step.base === 'original' ? 'response' : 'both';
    if (compared === variant) return step.chosen === variant ? 'preferred' : 'refused';
  }
  return 'uncompared';
}

function emptyTally(): Tally {
  return { preferred: 0, refused: 0, uncompared: 0, unchanged: 0, failed: {} };
}

function count(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

function sorted(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
