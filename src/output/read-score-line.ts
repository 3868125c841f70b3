import type { SampleScore, UnscorableReason } from '../domain/score.js';
import { SPAN_NAMES, type SpanName, type SpanScore } from '../domain/span-score.js';

/**
 * The score in a finished line, for counting it again. A span's sum comes back from its mean loss, so it may differ
 * from the original in the last bit; per-token values are not read.
 */
export function readScoreLine(line: string): SampleScore {
  const fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  const spans: Partial<Record<SpanName, SpanScore>> = {};
  for (const name of SPAN_NAMES) {
    const loss = fields[`loss_${name}`];
    const tokenCount = fields[`tokens_${name}`];
    if (typeof loss === 'number' && typeof tokenCount === 'number') {
      spans[name] = { sumLogprob: -loss * tokenCount, tokenCount };
    }
  }
  const truncated = fields.truncated === true;
  if (fields.status === 'scored') return { status: 'scored', spans, truncated };
  return {
    status: 'unscorable',
    reason: fields.reason as UnscorableReason,
    detail: String(fields.detail),
    spans,
    truncated,
  };
}
