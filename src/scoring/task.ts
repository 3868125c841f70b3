import type { TurnMetric } from '../domain/chat-score.js';
import type { Metric } from '../domain/score.js';
import type { Scorer, TokenizeOptions } from '../engine/scorer.js';
import type { MetricPlan } from './definition.js';

/** A text that a task needs as tokens. */
export interface TaskText {
  readonly text: string;
  readonly options: TokenizeOptions;
}

/**
 * Something to score on its way to its spans: it needs texts as tokens, and then either knows its spans or needs more.
 * To be planned once.
 */
export interface ScoringTask {
  readonly kind: 'task';
  readonly texts: readonly TaskText[];
  /** `ids` are those of `texts`, in the same order. */
  plan(ids: readonly Int32Array[]): PlannedTask | ScoringTask;
}

export interface PlannedMetric<Name extends TurnMetric = Metric> {
  readonly metric: Name;
  readonly plan: MetricPlan;
}

/** One answer of a conversation. */
export interface PlannedTurn {
  readonly turn: number;
  readonly droppedTurns: number;
  readonly metrics: readonly PlannedMetric<TurnMetric>[];
}

export type PlannedTask =
  | { readonly kind: 'sample'; readonly metrics: readonly PlannedMetric[] }
  | { readonly kind: 'chat'; readonly metrics: readonly Metric[]; readonly turns: readonly PlannedTurn[] };

/** Plans tasks together: each round of texts that they need is tokenized in one call, as a rule there is one. */
export async function planTasks(
  scorer: Pick<Scorer, 'tokenize'>,
  tasks: readonly ScoringTask[],
): Promise<readonly PlannedTask[]> {
  const planned: (PlannedTask | ScoringTask)[] = [...tasks];
  for (;;) {
    const open = planned.flatMap((task, i) => (task.kind === 'task' ? [{ task, i }] : []));
    if (open.length === 0) return planned as PlannedTask[];
    const ids = await tokenizeTexts(
      scorer,
      open.flatMap(({ task }) => task.texts),
    );
    let at = 0;
    for (const { task, i } of open) {
      planned[i] = task.plan(ids.slice(at, at + task.texts.length));
      at += task.texts.length;
    }
  }
}

/** One call for each way of tokenizing that the texts ask for. */
async function tokenizeTexts(
  scorer: Pick<Scorer, 'tokenize'>,
  texts: readonly TaskText[],
): Promise<readonly Int32Array[]> {
  const groups = new Map<string, { readonly options: TokenizeOptions; readonly places: number[] }>();
  for (const [place, { options }] of texts.entries()) {
    const key = `${options.addSpecial ?? false} ${options.parseSpecial ?? false}`;
    const group = groups.get(key) ?? { options, places: [] };
    group.places.push(place);
    groups.set(key, group);
  }
  const ids = new Array<Int32Array>(texts.length);
  const tokenized = [...groups.values()].map(async ({ options, places }) => {
    const lists = await scorer.tokenize(
      places.map((place) => texts[place]!.text),
      options,
    );
    for (const [i, place] of places.entries()) ids[place] = lists[i]!;
  });
  await Promise.all(tokenized);
  return ids;
}
