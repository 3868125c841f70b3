import { type ChatScore, isChatScore, isPreferenceScore, type RowScore } from '../../domain/chat-score.js';
import { firstUnscorable, isTruncated, type SampleScore, type Spans, spansOf } from '../../domain/score.js';
import { loss, perplexity, SPAN_NAMES, type SpanName, type SpanScore } from '../../domain/span-score.js';
import type { JsonObject } from '../../util/json-value.js';
import { ROW_KEY, rowKey } from '../row-key.js';
import type { FieldNames } from '../spell-row.js';
import { chatFields } from './chat-fields.js';
import { finite, logprobs, lossRatioOf, ratioOf, type ScoreFieldsOptions } from './score-numbers.js';

type KeyedRow = Parameters<typeof rowKey>[0];

/**
 * The fields a score adds to its row, in the order they are written: perplexities, IFD and r-IFD as their
 * ratios, losses in nats per token and their ratios, token counts, then what is to be known about them, and of a
 * conversation its turns. Of a preference these are the chosen side's, and `rejected_score` has the other's. What was not
 * computed or is not finite is null.
 */
export function scoreFields(row: KeyedRow, score: RowScore, options: ScoreFieldsOptions): JsonObject {
  const key = { [ROW_KEY]: rowKey(row) };
  if (!isPreferenceScore(score)) return { ...key, ...fieldsOf(score, options) };
  return {
    ...key,
    ...fieldsOf(score.chosen, options),
    [REJECTED_SCORE]: fieldsOf(score.rejected, options),
  };
}

/** Holds the score of a preference's rejected side. */
export const REJECTED_SCORE = 'rejected_score';

function fieldsOf(score: SampleScore, options: ScoreFieldsOptions): JsonObject {
  return { ...sampleFields(score, options), ...(isChatScore(score) && chatFields(score, options)) };
}

function sampleFields(score: SampleScore, { perToken }: ScoreFieldsOptions) {
  const spans = spansOf(score);
  const { ifd, rifd } = score.metrics;
  const unscorable = firstUnscorable(score);
  return {
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

/** What kind of score a row has, as far as it decides which fields that are. */
export interface ScoreKind {
  readonly isChat: boolean;
  readonly isPreference: boolean;
}

export function kindOf(score: RowScore): ScoreKind {
  const isPreference = isPreferenceScore(score);
  return { isPreference, isChat: isChatScore(isPreference ? score.chosen : score) };
}

const NO_SCORE: SampleScore = { metrics: {} };
const NO_CHAT: ChatScore = { metrics: {}, turns: [] };

const sampleNames = (options: ScoreFieldsOptions) =>
  Object.keys(scoreFields({ text: '' }, NO_SCORE, options));

/** The names of a score's fields, whatever the options; an earlier output is known by those that every line has. */
export function scoreNames({ isChat, isPreference }: ScoreKind): FieldNames {
  const { reserved, signature } = SCORE_NAMES;
  const more = [
    ...(isChat ? Object.keys(chatFields(NO_CHAT, { perToken: false })) : []),
    ...(isPreference ? [REJECTED_SCORE] : []),
  ];
  return more.length === 0 ? SCORE_NAMES : { reserved: new Set([...reserved, ...more]), signature };
}

const SCORE_NAMES = {
  reserved: new Set(sampleNames({ perToken: true })),
  signature: sampleNames({ perToken: false }),
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
