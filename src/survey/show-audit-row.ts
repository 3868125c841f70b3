import { tellStep } from '../report/tell-step.js';
import { VARIANTS } from '../selection/variant.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import type {
  ShownDecision,
  ShownOtherTurn,
  ShownReflection,
  ShownRow,
  ShownSample,
  ShownText,
} from './shown-row.js';
import { shownText } from './shown-text.js';

/** What the audit of a run says of a row. */
export function showAuditRow(
  audit: JsonObject,
): Pick<ShownRow, 'content' | 'decision' | 'others' | 'fields' | 'detail'> {
  const texts = isJsonObject(audit.texts) ? audit.texts : {};
  const before = showSample(texts.original);
  const winner = String(audit.winner);
  const after = winner === 'original' ? undefined : showSample(texts[winner]);
  const detail = typeof audit.detail === 'string' ? shownText(audit.detail) : null;
  const turn = typeof audit.turn === 'number' ? [['turn', String(audit.turn)] as const] : [];
  const fields = [['line', String(audit.line)] as const, ...turn];
  const others = objectsIn(audit.other_turns).flatMap(showOtherTurn);
  // a row that holds no sample has no texts, and was not decided
  if (before === undefined) return { content: { kind: 'other', text: detail ?? '' }, fields, detail };
  return {
    content: { kind: 'change', before, ...(after && { after }) },
    decision: showDecision(audit),
    ...(others.length > 0 && { others }),
    fields,
    detail,
  };
}

/** Another turn of a conversation: texts, and how it was decided. */
function showOtherTurn(audit: JsonObject): ShownOtherTurn[] {
  const texts = isJsonObject(audit.texts) ? audit.texts : {};
  const before = showSample(texts.original);
  if (before === undefined) return [];
  const after = audit.winner === 'original' ? undefined : showSample(texts[String(audit.winner)]);
  const verdict = audit.outcome === null ? `dropped: ${audit.reason}` : `kept: ${audit.outcome}`;
  return [
    { turn: Number(audit.turn), verdict, before, ...(after && { after }), decision: showDecision(audit) },
  ];
}

function showSample(sample: unknown): ShownSample | undefined {
  if (!isJsonObject(sample)) return undefined;
  const text = (value: unknown) => shownText(typeof value === 'string' ? value : '');
  return { instruction: text(sample.instruction), input: text(sample.input), output: text(sample.output) };
}

function showDecision({ steps, scores, reflections }: JsonObject): ShownDecision {
  const measured = isJsonObject(scores) ? scores : {};
  return {
    steps: objectsIn(steps).map(tellStep),
    scores: Object.fromEntries(
      VARIANTS.flatMap((variant) => {
        const score = measured[variant];
        if (!isJsonObject(score)) return [];
        return [[variant, { ifd: auditedNumber(score.ifd), rifd: auditedNumber(score.rifd) }]];
      }),
    ),
    reflections: objectsIn(reflections).map(showReflection),
  };
}

/** The number of a score in an audit; null where there is none. */
export function auditedNumber(score: unknown): number | null {
  return isJsonObject(score) && typeof score.value === 'number' ? score.value : null;
}

function showReflection(reflection: JsonObject): ShownReflection {
  const { variant, status, reason, detail, critique, raw_text } = reflection;
  return {
    variant: String(variant),
    status: String(status),
    reason: typeof reason === 'string' ? reason : null,
    detail: textOrNull(detail),
    critique: Object.entries(isJsonObject(critique) ? critique : {}).map(
      ([criterion, text]) => [criterion, shownText(String(text))] as const,
    ),
    facts: factsOf(reflection),
    raw: status === 'candidate' ? null : textOrNull(raw_text),
  };
}

function factsOf(reflection: JsonObject): ShownReflection['facts'] {
  const { model, prompt_version, prompt_tokens, completion_tokens, cost, retries } = reflection;
  if (model === undefined) return [];
  return [
    ['model', String(model)],
    ['prompt', String(prompt_version)],
    ['prompt tokens', String(prompt_tokens)],
    ['reply tokens', String(completion_tokens)],
    ['retries', String(retries)],
    // a teacher in this process is free
    ...(cost === 0 ? [] : [['cost', typeof cost === 'number' ? cost.toFixed(6) : 'not known'] as const]),
  ];
}

function textOrNull(value: unknown): ShownText | null {
  return typeof value === 'string' ? shownText(value) : null;
}

function objectsIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
