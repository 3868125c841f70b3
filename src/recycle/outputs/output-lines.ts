import type { BadRow, Row, SampleRow } from '../../dataset/row.js';
import type { Metric, MetricScore } from '../../domain/score.js';
import { loss } from '../../domain/span-score.js';
import { rowKey } from '../../output/row-key.js';
import type { OutputRow } from '../../output/spell-row.js';
import type { Decision } from '../../selection/decision.js';
import { measurementOf } from '../../selection/measurement.js';
import { VARIANTS } from '../../selection/variant.js';
import { exactId } from '../../util/json-members.js';
import type { ReflectedVariant, Reflection } from '../reflections/reflection.js';
import { type DecidedRow, type VariantReflections, variantSample } from '../rows/decided-row.js';

/** What `selected.jsonl` has of a row: the texts that won, ready to train on. */
export function selectedRow(
  row: SampleRow,
  reflections: VariantReflections,
  { outcome }: Extract<Decision, { kind: 'selected' }>,
): OutputRow {
  return { row, texts: variantSample(row, reflections, outcome), fields: { outcome }, isCompact: true };
}

/** What `rejected.jsonl` has of a row: the row as it was, which variant won, and why that is not kept. */
export function rejectedRow(
  row: SampleRow,
  { winner, reason }: Extract<Decision, { kind: 'rejected' }>,
): OutputRow {
  return { row, fields: { winner, reason, detail: null }, isCompact: true };
}

/** What `rejected.jsonl` has of a row that holds no sample. */
export function rejectedBadRow(row: BadRow): OutputRow {
  return { row, fields: { winner: null, reason: row.reason, detail: row.detail }, isCompact: true };
}

/** The lines of `candidates.jsonl`: every variant that was made of the row, with its scores. */
export function candidateLines({ row, reflections, scores, decision }: DecidedRow): string[] {
  return VARIANTS.flatMap((variant) => {
    if (variant === 'original') return [];
    const sample = variantSample(row, reflections, variant);
    if (sample === undefined) return [];
    const measured = scores[variant];
    const isSelected = decision.kind === 'selected' && decision.outcome === variant;
    return [
      JSON.stringify({
        ...identityOf(row),
        variant,
        selected: isSelected,
        ...sample,
        ifd: ratioOf(measured?.ifd),
        rifd: ratioOf(measured?.rifd),
      }),
    ];
  });
}

/** The line of `audit.jsonl`: everything the decision rests on, and what the teacher said and cost. */
export function auditLine(decided: DecidedRow): string {
  const { row, decision, reflections, scores } = decided;
  const isSelected = decision.kind === 'selected';
  return JSON.stringify({
    ...identityOf(row),
    line: row.line,
    outcome: isSelected ? decision.outcome : null,
    winner: isSelected ? decision.outcome : decision.winner,
    reason: isSelected ? null : decision.reason,
    steps: decision.evidence.steps,
    texts: Object.fromEntries(
      VARIANTS.flatMap((variant) => {
        const sample = variantSample(row, reflections, variant);
        return sample === undefined ? [] : [[variant, sample]];
      }),
    ),
    scores: Object.fromEntries(
      VARIANTS.flatMap((variant) => {
        const { ifd, rifd } = scores[variant] ?? {};
        const measured = { ...describeScore('ifd', ifd), ...describeScore('rifd', rifd) };
        return Object.keys(measured).length === 0 ? [] : [[variant, measured]];
      }),
    ),
    reflections: (['instruction', 'response', 'both'] as const).flatMap((variant) => {
      const reflection = reflections[variant];
      return reflection === undefined ? [] : [describeReflection(variant, reflection)];
    }),
  });
}

/** The line of `audit.jsonl` for a row that holds no sample. */
export function badRowAuditLine(row: BadRow): string {
  const { reason, detail, line } = row;
  return JSON.stringify({ ...identityOf(row), line, outcome: null, winner: null, reason, detail });
}

/** How all outputs name a row: its number from 1 on, its own `id` if it has one, and the hash of its text. */
function identityOf(row: Row) {
  return {
    row: row.index + 1,
    id: (row.object && exactId(row.text, row.object, 'id')) ?? null,
    row_key: rowKey(row),
  };
}

function ratioOf(score: MetricScore | undefined): number | null {
  const measured = score && measurementOf(score);
  return measured?.kind === 'value' ? measured.value : null;
}

function describeScore(metric: Metric, score: MetricScore | undefined): object {
  if (score === undefined) return {};
  const measured = measurementOf(score);
  if (measured.kind === 'missing') return { [metric]: { value: null, reason: measured.reason } };
  return { [metric]: { value: measured.value, ...(score.kind === 'scored' && describeSpans(score)) } };
}

function describeSpans({ conditioned, direct, truncated }: Extract<MetricScore, { kind: 'scored' }>): object {
  return {
    loss_conditioned: loss(conditioned),
    loss_direct: loss(direct),
    tokens: conditioned.tokenCount,
    truncated,
  };
}

function describeReflection(variant: ReflectedVariant, reflection: Reflection): object {
  if (reflection.kind === 'absent') return { variant, status: 'absent' };
  const { origin } = reflection;
  const isFailed = reflection.kind === 'failed';
  return {
    variant,
    status: reflection.kind,
    reason: isFailed ? reflection.reason : null,
    detail: isFailed ? reflection.detail : null,
    ...(origin && {
      teacher: origin.teacher,
      model: origin.reply.model,
      prompt_version: origin.promptVersion,
      prompt_hash: origin.promptHash,
      critique: origin.critique,
      reasoning: origin.reply.reasoning ?? null,
      raw_text: origin.reply.rawText,
      reply_format: origin.reply.format,
      prompt_tokens: origin.reply.usage.promptTokens,
      cached_tokens: origin.reply.usage.cachedTokens ?? 0,
      completion_tokens: origin.reply.usage.completionTokens,
      reasoning_tokens: origin.reply.usage.reasoningTokens ?? 0,
      tokens_estimated: origin.reply.usage.estimated,
      cost: origin.reply.usage.cost,
      retries: origin.reply.retries,
    }),
  };
}
