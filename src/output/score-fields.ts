import { ifd, lossRatio, rifd } from '../domain/ifd.js';
import { METRIC_SPANS, type Metric, type SampleScore, type Spans } from '../domain/score.js';
import { loss, perplexity, SPAN_NAMES, type SpanName, type SpanScore } from '../domain/span-score.js';
import { shortestFloat32 } from '../util/float32.js';
import { ROW_KEY, rowKey } from './row-key.js';

export interface ScoreFieldsOptions {
  /** Also list ln p of every scored token. */
  readonly perToken: boolean;
}

/**
 * The fields a score adds to its row, in the order they are written: perplexities, IFD and r-IFD as their
 * ratios, losses in nats per token and their ratios, token counts, then what is to be known about them. What
 * was not computed or is not finite is null.
 */
export function scoreFields(text: string, score: SampleScore, { perToken }: ScoreFieldsOptions) {
  const { spans } = score;
  return {
    [ROW_KEY]: rowKey(text),
    ...perSpan(spans, 'ppl', (span) => finite(perplexity(span))),
    ifd_ppl: ratio(spans, 'ifd', ifd),
    rifd_ppl: ratio(spans, 'rifd', rifd),
    ...perSpan(spans, 'loss', (span) => finite(loss(span))),
    ifd_loss: ratio(spans, 'ifd', lossRatio),
    rifd_loss: ratio(spans, 'rifd', lossRatio),
    ...perSpan(spans, 'tokens', (span) => span.tokenCount),
    truncated: score.truncated,
    status: score.status,
    reason: score.status === 'scored' ? null : score.reason,
    detail: score.status === 'scored' ? null : score.detail,
    ...(perToken && perSpan(spans, 'logprobs', logprobs)),
  };
}

const NO_SCORE: SampleScore = { status: 'scored', spans: {}, truncated: false };

/** Names of the fields every line has. */
export const SCORE_FIELDS: readonly string[] = Object.keys(scoreFields('', NO_SCORE, { perToken: false }));

/** Names a row may not use beside ours, whatever the options. */
export const RESERVED_FIELDS: ReadonlySet<string> = new Set(
  Object.keys(scoreFields('', NO_SCORE, { perToken: true })),
);

function perSpan<Prefix extends string, Value>(
  spans: Spans,
  prefix: Prefix,
  read: (span: SpanScore) => Value,
) {
  const entries = SPAN_NAMES.map((name) => {
    const span = spans[name];
    return [`${prefix}_${name}`, span === undefined ? null : read(span)];
  });
  return Object.fromEntries(entries) as Record<`${Prefix}_${SpanName}`, Value | null>;
}

function ratio(spans: Spans, metric: Metric, of: typeof ifd): number | null {
  const conditioned = spans[METRIC_SPANS[metric].conditioned];
  const direct = spans[METRIC_SPANS[metric].direct];
  return conditioned === undefined || direct === undefined ? null : finite(of(conditioned, direct));
}

function logprobs(span: SpanScore): (number | null)[] | null {
  return span.logprobs === undefined ? null : Array.from(span.logprobs, (x) => finite(shortestFloat32(x)));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
