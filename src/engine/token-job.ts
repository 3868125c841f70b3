import { ReflectionError } from '../errors.js';
import type { NativeJob, NativeResult, NativeTokenLists } from './native-binding.js';
import type { SpanOutcome, SpanRequest } from './scorer.js';

/**
 * Lays requests out flat, the shape in which they cross into the addon: one copy, no object per token. The addon checks
 * the rest. Throws ReflectionError `invalid_job`.
 */
export function flattenRequests(requests: readonly SpanRequest[], perToken: boolean): NativeJob {
  const total = requests.reduce((sum, request) => sum + request.tokens.length, 0);
  const tokens = new Int32Array(total);
  const offsets = new Uint32Array(requests.length + 1);
  const spanBegin = new Uint32Array(requests.length);
  const spanEnd = new Uint32Array(requests.length);
  let offset = 0;
  for (const [i, request] of requests.entries()) {
    if (!Number.isInteger(request.begin) || !Number.isInteger(request.end)) {
      // a typed array would cut the fraction off without a word
      throw new ReflectionError('invalid_job', `request ${i}: a span runs between whole numbers`);
    }
    tokens.set(request.tokens, offset);
    offset += request.tokens.length;
    offsets[i + 1] = offset;
    spanBegin[i] = request.begin;
    spanEnd[i] = request.end;
  }
  return { tokens, offsets, spanBegin, spanEnd, perToken };
}

/** The addon's flat token lists, one list per text. */
export function splitTokenLists({ tokens, offsets }: NativeTokenLists): readonly Int32Array[] {
  return Array.from({ length: offsets.length - 1 }, (_, i) => tokens.subarray(offsets[i], offsets[i + 1]));
}

/** The addon's flat result, one outcome per request. Numbers that are not finite stop here. */
export function splitResult(result: NativeResult): readonly SpanOutcome[] {
  const perToken = result.logprobs.length > 0;
  let offset = 0;
  return Array.from(result.sumLogprob, (sumLogprob, i): SpanOutcome => {
    const tokenCount = result.tokenCount[i]!;
    const begin = offset;
    offset += tokenCount;
    if (!Number.isFinite(sumLogprob)) return { kind: 'not_finite' };
    if (!perToken) return { kind: 'scored', sumLogprob, tokenCount };
    return { kind: 'scored', sumLogprob, tokenCount, logprobs: result.logprobs.slice(begin, offset) };
  });
}
