import type { Sample } from '../domain/sample.js';
import {
  METRIC_SPANS,
  METRICS,
  type Metric,
  type SampleScore,
  type Spans,
  type UnscorableReason,
} from '../domain/score.js';
import { SPAN_NAMES, type SpanName, type SpanScore } from '../domain/span-score.js';
import type { Scorer, SpanOutcome, SpanRequest } from '../engine/scorer.js';
import type { Template } from '../prompt/template.js';
import { isWellFormed } from '../util/json-value.js';
import { mapInOrder } from '../util/map-in-order.js';
import type { Definition, DefinitionName, SamplePlan, SpanSettings } from './definition.js';
import { EXACT_DEFINITION } from './exact-definition.js';
import { explainUnscorable } from './explain-unscorable.js';
import { REFERENCE_DEFINITION } from './reference-definition.js';

export interface ScoringOptions {
  readonly template: Template;
  /** Default both. */
  readonly metrics?: readonly Metric[];
  /** Longest sequence in tokens; default and upper bound is the scorer's. */
  readonly maxLength?: number;
  /** Default `exact`. */
  readonly definition?: DefinitionName;
  /** Keep the log-prob of every scored token in the spans. Default false. */
  readonly perToken?: boolean;
  readonly signal?: AbortSignal;
}

/** An item on its way through the scorer: to be scored, or decided already (a malformed row, a resumed one). */
export type ScorableItem<T> =
  | { readonly item: T; readonly sample: Sample }
  | { readonly item: T; readonly score: SampleScore };

export interface ScoredItem<T> {
  readonly item: T;
  readonly score: SampleScore;
  /** Tokens that one full pass per span would process; 0 for an item that was decided already. */
  readonly logicalTokens: number;
}

export const DEFINITIONS: Readonly<Record<DefinitionName, Definition>> = {
  exact: EXACT_DEFINITION,
  reference: REFERENCE_DEFINITION,
};

/** Windows under way at once for each that is decoded: that one and two queued behind it. */
const WINDOWS_PER_DECODE = 3;
/** A window fills this many batches, so that packing has freedom and no result waits long. */
const BATCHES_PER_WINDOW = 2;
/** Rough characters a token, to size windows before their texts are tokenized. */
const CHARACTERS_PER_TOKEN = 4;

/**
 * Scores a stream in bounded memory, in order. Tokenizing, decoding and the consumer overlap. Rejects as
 * {@link Scorer.score} does; what is wrong with one item is its score.
 */
export async function* scoreStream<T>(
  scorer: Scorer,
  items: AsyncIterable<ScorableItem<T>> | Iterable<ScorableItem<T>>,
  options: ScoringOptions,
): AsyncGenerator<ScoredItem<T>> {
  const definition = DEFINITIONS[options.definition ?? 'exact'];
  const settings: SpanSettings = {
    template: options.template,
    metrics: METRICS.filter((metric) => (options.metrics ?? METRICS).includes(metric)),
    maxLength: Math.min(options.maxLength ?? scorer.maxLength, scorer.maxLength),
    startToken: scorer.startToken,
  };
  // and one more, being tokenized
  const inFlight = WINDOWS_PER_DECODE * scorer.parallelism + 1;
  const windowTokens = BATCHES_PER_WINDOW * scorer.batchTokens;
  const windows = inWindows(items, windowTokens, definition, settings);
  const score = (window: readonly Prepared<T>[]) =>
    scoreWindow(scorer, window, definition, settings, options);
  for await (const window of mapInOrder(windows, score, inFlight)) yield* window;
}

interface Prepared<T> {
  readonly source: ScorableItem<T>;
  readonly texts: readonly string[];
}

async function* inWindows<T>(
  items: AsyncIterable<ScorableItem<T>> | Iterable<ScorableItem<T>>,
  windowTokens: number,
  definition: Definition,
  settings: SpanSettings,
): AsyncGenerator<readonly Prepared<T>[]> {
  let window: Prepared<T>[] = [];
  let characters = 0;
  for await (const source of items) {
    const prepared = prepare(source, definition, settings);
    const { texts } = prepared;
    window.push(prepared);
    characters += texts.reduce((sum, text) => sum + text.length, CHARACTERS_PER_TOKEN);
    if (characters >= windowTokens * CHARACTERS_PER_TOKEN) {
      yield window;
      window = [];
      characters = 0;
    }
  }
  if (window.length > 0) yield window;
}

function prepare<T>(source: ScorableItem<T>, definition: Definition, settings: SpanSettings): Prepared<T> {
  if (!('sample' in source)) return { source, texts: [] };
  const { item, sample } = source;
  if (![sample.instruction, sample.input, sample.output].every(isWellFormed)) {
    const reason = 'lone_surrogate';
    const detail = explainUnscorable(reason, settings.maxLength);
    return {
      source: { item, score: { status: 'unscorable', reason, detail, spans: {}, truncated: false } },
      texts: [],
    };
  }
  return { source, texts: definition.texts(sample, settings) };
}

async function scoreWindow<T>(
  scorer: Scorer,
  window: readonly Prepared<T>[],
  definition: Definition,
  settings: SpanSettings,
  options: ScoringOptions,
): Promise<readonly ScoredItem<T>[]> {
  const ids = await scorer.tokenize(
    window.flatMap(({ texts }) => texts),
    definition.tokenize,
  );
  const requests: SpanRequest[] = [];
  let at = 0;
  const plans = window.map(({ source, texts }): SamplePlan | undefined => {
    if (!('sample' in source)) return undefined;
    const plan = definition.plan(source.sample, ids.slice(at, at + texts.length), settings);
    at += texts.length;
    for (const name of SPAN_NAMES) {
      const span = plan[name];
      if (span?.kind === 'span') requests.push(span);
    }
    return plan;
  });

  const { perToken = false, signal } = options;
  const outcomes = (await scorer.score(requests, { perToken, ...(signal && { signal }) })).values();
  return window.map(({ source }, i): ScoredItem<T> => {
    const plan = plans[i];
    if (!('sample' in source) || plan === undefined) {
      return { item: source.item, score: (source as { score: SampleScore }).score, logicalTokens: 0 };
    }
    return { item: source.item, ...assemble(plan, outcomes, settings) };
  });
}

/** Takes the next outcomes for the plan's spans, in the order in which they were requested. */
function assemble(
  plan: SamplePlan,
  outcomes: IterableIterator<SpanOutcome>,
  settings: SpanSettings,
): { score: SampleScore; logicalTokens: number } {
  const spans: Partial<Record<SpanName, SpanScore>> = {};
  const reasons: Partial<Record<SpanName, UnscorableReason>> = {};
  let truncated = false;
  let logicalTokens = 0;
  for (const name of SPAN_NAMES) {
    const span = plan[name];
    if (span === undefined) continue;
    if (span.kind === 'unscorable') {
      reasons[name] = span.reason;
      continue;
    }
    logicalTokens += span.tokens.length;
    truncated ||= span.truncated;
    const outcome = outcomes.next().value as SpanOutcome;
    if (outcome.kind === 'not_finite') {
      reasons[name] = 'not_finite';
    } else {
      const { kind, ...score } = outcome;
      spans[name] = score;
    }
  }
  return { score: toSampleScore(spans, reasons, truncated, settings), logicalTokens };
}

function toSampleScore(
  spans: Spans,
  reasons: Partial<Record<SpanName, UnscorableReason>>,
  truncated: boolean,
  settings: SpanSettings,
): SampleScore {
  for (const metric of settings.metrics) {
    const { conditioned, direct } = METRIC_SPANS[metric];
    const reason = reasons[conditioned] ?? reasons[direct];
    if (reason) {
      return {
        status: 'unscorable',
        reason,
        detail: explainUnscorable(reason, settings.maxLength),
        spans,
        truncated,
      };
    }
  }
  return { status: 'scored', spans, truncated };
}
