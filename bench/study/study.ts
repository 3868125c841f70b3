import type { ResolvedModel } from '../models/resolve-model.js';
import type { ContenderName, RowChoice, TrialResult } from '../trial/task.js';

/** One who takes part in a study: a contender, the model it is given and the work. */
export interface Entry {
  /** As the tables say it; no other entry of the study has it. */
  readonly name: string;
  readonly contender: ContenderName;
  readonly model: ResolvedModel;
  readonly rows: RowChoice;
  /** For the contenders that only prefill. */
  readonly prompts: number;
}

/** What each entry did in one round, by name. */
export type Round = ReadonlyMap<string, TrialResult>;

/** A figure worth having, taken round by round, with what it is meant to reach. */
export interface Claim {
  /** What is measured, as a row of the table of results: `IFD only, rows/s`. */
  readonly what: string;
  /** Of whom: `GPT-2 124M, Q8_0`. */
  readonly subject: string;
  /** What it is held against; "" for a figure that stands by itself. */
  readonly against: string;
  readonly unit: Unit;
  /** Entries without which it cannot be measured. */
  readonly needs: readonly string[];
  readonly measure: (round: Round) => number;
  /** Undefined for a figure that is only reported. */
  readonly target?: Target;
}

/** How a figure is written: a ratio of speeds, a share, a size. */
export type Unit = 'times' | 'percent' | 'megabytes';

export interface Target {
  readonly direction: 'at least' | 'at most';
  /** What counts as done. */
  readonly done: number;
  /** What would be better still. */
  readonly aim?: number;
}

/** Contenders that take turns, and what is to be learned from them. */
export interface Study {
  readonly name: string;
  /** A line for people: which model, rows and settings. */
  readonly title: string;
  readonly entries: readonly Entry[];
  readonly claims: readonly Claim[];
  /** Rounds that count. */
  readonly rounds: number;
}

/** @throws {RangeError} when the entry took no part. */
export function resultOf(round: Round, name: string): TrialResult {
  const result = round.get(name);
  if (result === undefined) throw new RangeError(`${name} took no part in this round`);
  return result;
}
