import type { LaidOutRow } from '../../dataset/open-dataset.js';
import type { BadRow } from '../../dataset/row.js';
import type { Metric, MetricScore } from '../../domain/score.js';
import { loss } from '../../domain/span-score.js';
import { rowKey } from '../../output/row-key.js';
import type { OutputRow } from '../../output/spell-row.js';
import { measurementOf } from '../../selection/measurement.js';
import { VARIANTS } from '../../selection/variant.js';
import { exactId } from '../../util/json-members.js';
import type { ReflectedVariant, Reflection } from '../reflections/reflection.js';
import { type DecidedRow, type DecidedTurn, decidingTurn, variantSample } from '../rows/decided-turn.js';
import { rowEdits } from '../rows/recycled-turn.js';

/**
 * What a decided row is written as: a selected one in `selected.jsonl`, with the texts that won, ready to train on; a
 * rejected one in `rejected.jsonl`, as it was, with the variant that won and why that is not kept. Turns that are not
 * selected stay as they were.
 */
export function decidedRow(decided: DecidedRow): OutputRow {
  const { row, turns } = decided;
  const { decision } = decidingTurn(decided);
  if (decision.kind === 'rejected') {
    const { winner, reason } = decision;
    return { row, fields: { winner, reason, detail: null }, isCompact: true };
  }
  const outcomes = turns.flatMap(({ turn, decision: own, reflections }) => {
    if (own.kind === 'rejected') return [];
    const { outcome } = own;
    return [{ turn, outcome, sample: variantSample(turn, reflections, outcome)! }];
  });
  const fields = {
    outcome: decision.outcome,
    ...(turns.length > 1 && {
      outcomes: outcomes.map(({ turn, outcome }) => ({ turn: turn.index, outcome })),
    }),
  };
  return { row, index: row.index, edits: rowEdits(row, outcomes), fields, isCompact: true };
}

/** What `rejected.jsonl` has of a row that holds no sample. */
export function rejectedBadRow(row: BadRow): OutputRow {
  return { row, fields: { winner: null, reason: row.reason, detail: row.detail }, isCompact: true };
}

/** The lines of `candidates.jsonl`: every variant that was made of the row, with its scores. */
export function candidateLines({ row, turns }: DecidedRow): string[] {
  return turns.flatMap((turn) => candidatesOf(row, turn));
}

function candidatesOf(row: LaidOutRow, { turn, reflections, scores, decision }: DecidedTurn): string[] {
  return VARIANTS.flatMap((variant) => {
    if (variant === 'original') return [];
    const sample = variantSample(turn, reflections, variant);
    if (sample === undefined) return [];
    const measured = scores[variant];
    const isSelected = decision.kind === 'selected' && decision.outcome === variant;
    return [
      JSON.stringify({
        ...identityOf(row),
        ...placeOf(turn),
        variant,
        selected: isSelected,
        ...sample,
        ifd: ratioOf(measured?.ifd),
        rifd: ratioOf(measured?.rifd),
      }),
    ];
  });
}

/**
 * The line of `audit.jsonl`: everything the decision rests on, and what the teacher said and cost. Where several turns were
 * decided it is about the one that stands for the row, with the others in `other_turns`.
 */
export function auditLine(decided: DecidedRow): string {
  const { row, turns } = decided;
  const deciding = decidingTurn(decided);
  const others = turns.filter((turn) => turn !== deciding);
  return JSON.stringify({
    ...identityOf(row),
    line: row.line,
    ...auditOf(deciding),
    ...(others.length > 0 && { other_turns: others.map(auditOf) }),
  });
}

function auditOf({ turn, decision, reflections, scores }: DecidedTurn): object {
  const isSelected = decision.kind === 'selected';
  return {
    ...placeOf(turn),
    outcome: isSelected ? decision.outcome : null,
    winner: isSelected ? decision.outcome : decision.winner,
    reason: isSelected ? null : decision.reason,
    steps: decision.evidence.steps,
    texts: Object.fromEntries(
      VARIANTS.flatMap((variant) => {
        const sample = variantSample(turn, reflections, variant);
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
  };
}

/** The line of `audit.jsonl` for a row that holds no sample. */
export function badRowAuditLine(row: BadRow): string {
  const { reason, detail, line } = row;
  return JSON.stringify({ ...identityOf(row), line, outcome: null, winner: null, reason, detail });
}

/** How all outputs name a row: its number from 1 on, its own `id` if it has one, and the hash of its text. */
function identityOf(row: LaidOutRow) {
  return {
    row: row.index + 1,
    id: (row.object && exactId(row.text, row.object, 'id')) ?? null,
    row_key: rowKey(row),
  };
}

/** Which answer of a conversation it is about; a row that is no conversation has only one. */
function placeOf({ index }: DecidedTurn['turn']): { readonly turn?: number } {
  return index === undefined ? {} : { turn: index };
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
