import { METRICS, type Metric, type ScoreFor } from '../domain/score.js';
import type { Scorer } from '../engine/scorer.js';
import { checkOptions } from '../options/option-schema.js';
import type { Options } from '../options/option-table.js';
import type { PromptTemplate } from '../prompt/conversation-renderer.js';
import { mapInOrder } from '../util/map-in-order.js';
import { DEFINITIONS } from './definitions.js';

import { Planner, type PlannerSettings, type Scorable } from './planner.js';
import { scorePlannedTasks, type TaskScore } from './score-job.js';
import { type PlannedTask, planTasks, type ScoringTask } from './task.js';

const NAMES = ['metrics', 'maxLength', 'definition', 'perToken', 'targets', 'endOfTurn'] as const;

/**
 * Options as `score` has them, but for a template that is loaded already and a longest sequence whose default is the
 * scorer's own; with `perToken` the spans keep the log-prob of every token.
 */
export interface ScoringOptions<Asked extends readonly Metric[] = readonly Metric[]>
  extends Omit<Options<(typeof NAMES)[number]>, 'metrics'> {
  readonly template: PromptTemplate;
  readonly metrics?: Asked | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An item on its way through the scorer: to be scored, or decided already (a malformed row, a resumed one). */
export type ScorableItem<T, Asked extends readonly Metric[] = readonly Metric[]> = {
  readonly item: T;
  /** Rough size of what the item holds in memory, in characters; bounds how many are held at a time. */
  readonly characters?: number;
} & ({ readonly sample: Scorable } | { readonly score: ScoreFor<Asked> });

export interface ScoredItem<T, Asked extends readonly Metric[] = readonly Metric[]> {
  readonly item: T;
  readonly score: ScoreFor<Asked>;
  /** Tokens that one forward pass per span would process; 0 for an item that was decided already. */
  readonly logicalTokens: number;
  /** Spans of it that equal one of an item shortly before and were not scored again. */
  readonly repeatedSpans: number;
}

/** Windows under way at once for each that is decoded: that one and two queued behind it. */
const WINDOWS_PER_DECODE = 3;
/**
 * The texts of a window fill this many batches. Its spans, which hold most texts twice, are what is packed: enough of them
 * that a batch half filled at the end is no matter, few enough that no result waits long.
 */
const BATCHES_PER_WINDOW = 4;
/** Rough characters a token, to size windows before their texts are tokenized. */
const CHARACTERS_PER_TOKEN = 4;
/** Ends a window of items that are large beside what is to be scored of them. */
const MOST_CHARACTERS_HELD = 2 ** 22;

/**
 * Scores a stream in bounded memory, in order. Tokenizing, decoding and the consumer overlap; what the scorer is asked, and
 * in which order, depends on the items and options alone. Rejects with `invalid_option` and as {@link Scorer.score} does;
 * what is wrong with one item is its score.
 */
export async function* scoreStream<T, const Asked extends readonly Metric[] = typeof METRICS>(
  scorer: Scorer,
  items: AsyncIterable<ScorableItem<T, Asked>> | Iterable<ScorableItem<T, Asked>>,
  options: ScoringOptions<Asked>,
): AsyncGenerator<ScoredItem<T, Asked>> {
  const { template: _, signal, ...given } = options;
  const { perToken = false } = checkOptions(NAMES, given);
  const planner = plannerFor(scorer, options);
  const windows = inWindows(items, BATCHES_PER_WINDOW * scorer.batchTokens, (sample) =>
    planner.prepare(sample, askedFor(options)),
  );
  const plan = async (window: Window<T, Asked>) => ({
    window,
    tasks: await planTasks(
      scorer,
      window.flatMap((entry) => (entry.kind === 'task' ? [entry.task] : [])),
    ),
  });
  const score = async ({ window, tasks }: Awaited<ReturnType<typeof plan>>) =>
    withScores(window, await scoreTasks(tasks));
  const scoreTasks = async (tasks: readonly PlannedTask[]) =>
    tasks.length === 0
      ? []
      : await scorePlannedTasks(scorer, planner, tasks, { perToken, ...(signal && { signal }) });
  // two steps, so that windows reach the scorer in their order, whichever is tokenized first
  const planned = mapInOrder(windows, plan, { items: scorer.parallelism + 1 });
  const inFlight = { items: WINDOWS_PER_DECODE * scorer.parallelism };
  for await (const window of mapInOrder(planned, score, inFlight)) yield* window;
}

/** In the order of {@link METRICS}, however they were asked for. */
function askedFor({ metrics = METRICS }: ScoringOptions): readonly Metric[] {
  return METRICS.filter((metric) => metrics.includes(metric));
}

export type PlannerOptions = ScoringOptions & Pick<PlannerSettings, 'hasTurnIfd'>;

/** @param options.maxLength - Default and upper bound is the scorer's. */
export function plannerFor(
  { startToken, maxLength: longest }: Pick<Scorer, 'startToken' | 'maxLength'>,
  { template, definition = 'exact', maxLength = longest, targets, endOfTurn, hasTurnIfd }: PlannerOptions,
): Planner {
  return new Planner(DEFINITIONS[definition], {
    template,
    targets,
    endOfTurn,
    hasTurnIfd,
    maxLength: Math.min(maxLength, longest),
    startToken,
  });
}

type Window<T, Asked extends readonly Metric[]> = readonly (
  | { readonly kind: 'task'; readonly item: T; readonly task: ScoringTask }
  | { readonly kind: 'decided'; readonly item: T; readonly score: ScoreFor<Asked> }
)[];

async function* inWindows<T, Asked extends readonly Metric[]>(
  items: AsyncIterable<ScorableItem<T, Asked>> | Iterable<ScorableItem<T, Asked>>,
  windowTokens: number,
  prepare: (sample: Scorable) => ScoringTask,
): AsyncGenerator<Window<T, Asked>> {
  let window: Window<T, Asked>[number][] = [];
  let toTokenize = 0;
  let held = 0;
  for await (const source of items) {
    const { item, characters = 0 } = source;
    held += characters;
    toTokenize += CHARACTERS_PER_TOKEN;
    if ('sample' in source) {
      const task = prepare(source.sample);
      toTokenize += task.texts.reduce((sum, { text }) => sum + text.length, 0);
      window.push({ kind: 'task', item, task });
    } else {
      window.push({ kind: 'decided', item, score: source.score });
    }
    if (toTokenize >= windowTokens * CHARACTERS_PER_TOKEN || held >= MOST_CHARACTERS_HELD) {
      yield window;
      window = [];
      toTokenize = 0;
      held = 0;
    }
  }
  if (window.length > 0) yield window;
}

/** @param taskScores - Of the window's tasks, in their order. */
function withScores<T, Asked extends readonly Metric[]>(
  window: Window<T, Asked>,
  taskScores: readonly TaskScore[],
): readonly ScoredItem<T, Asked>[] {
  const scores = taskScores.values();
  return window.map((prepared) => {
    const { item } = prepared;
    if (prepared.kind === 'decided') {
      return { item, score: prepared.score, logicalTokens: 0, repeatedSpans: 0 };
    }
    const { score, ...counts } = scores.next().value as TaskScore;
    // a task's score holds the metrics that were asked for
    return { item, score: score as ScoreFor<Asked>, ...counts };
  });
}
