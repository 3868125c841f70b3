import { lossRatio } from '../../domain/ratio.js';
import {
  firstUnscorable,
  isTruncated,
  type MetricScore,
  type SampleScore,
  type Spans,
  spansOf,
} from '../../domain/score.js';
import { loss, perplexity, SPAN_NAMES, type SpanName, type SpanScore } from '../../domain/span-score.js';
import { shortestFloat32 } from '../../util/float32.js';
import { ROW_KEY, rowKey } from '../row-key.js';
import type { FieldNames } from '../spell-row.js';

type KeyedRow = Parameters<typeof rowKey>[0];

export interface ScoreFieldsOptions {
  /** Also list ln p of every scored token. */
  readonly perToken: boolean;
}

/**
 * The fields a score adds to its row, in the order they are written: perplexities, IFD and r-IFD as their
 * ratios, losses in nats per token and their ratios, token counts, then what is to be known about them. What
 * was not computed or is not finite is null.
 */
export function scoreFields(row: KeyedRow, score: SampleScore, { perToken }: ScoreFieldsOptions) {
  const spans = spansOf(score);
  const { ifd, rifd } = score.metrics;
  const unscorable = firstUnscorable(score);
  return {
    [ROW_KEY]: rowKey(row),
    ...perSpan(spans, 'ppl', (span) => finite(perplexity(span))),
    ifd_ppl: ratioOf(ifd),
    rifd_ppl: ratioOf(rifd),
    ...perSpan(spans, 'loss', (span) => finite(loss(span))),
    ifd_loss: lossRatioOf(ifd),
    rifd_loss: lossRatioOf(rifd),
    ...perSpan(spans, 'tokens', (span) => span.tokenCount),
    truncated: isTruncated(score),
    status: unscorable === undefined ? 'scored' : 'unscorable',
    reason: unscorable?.reason ?? null,
    detail: unscorable?.detail ?? null,
    ...(perToken && perSpan(spans, 'logprobs', logprobs)),
  };
}

const NO_SCORE: SampleScore = { metrics: {} };

const fieldsWith = (options: ScoreFieldsOptions) => Object.keys(scoreFields({ text: '' }, NO_SCORE, options));

/** Names of a score's fields, whatever the options; an earlier output is known by those that every line has. */
export const SCORE_NAMES: FieldNames = {
  reserved: new Set(fieldsWith({ perToken: true })),
  signature: fieldsWith({ perToken: false }),
};

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

function ratioOf(score: MetricScore | undefined): number | null {
  return score?.kind === 'scored' ? finite(score.ratio) : null;
}

function lossRatioOf(score: MetricScore | undefined): number | null {
  return score?.kind === 'scored' ? finite(lossRatio(score.conditioned, score.direct)) : null;
}

function logprobs(span: SpanScore): (number | null)[] | null {
  return span.logprobs === undefined ? null : Array.from(span.logprobs, (x) => finite(shortestFloat32(x)));
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
