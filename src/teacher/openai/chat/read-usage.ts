import { isJsonObject } from '../../../util/json-value.js';
import type { TokenCounts } from '../pacing/token-counts.js';
import { countOrNull } from './absent.js';

/**
 * The counts of a completion, under the names of any server; null where there are none. A reply takes at least what is
 * left of the total: some servers do not count thinking among the reply's tokens, but charge it all the same.
 */
export function readUsage(usage: unknown, hasText: boolean): TokenCounts | null {
  if (!isJsonObject(usage)) return null;
  const promptTokens = countOrNull(usage.prompt_tokens ?? usage.input_tokens);
  if (promptTokens === null) return null;
  const total = countOrNull(usage.total_tokens);
  const details = usage.completion_tokens_details ?? usage.output_tokens_details;
  const reasoningTokens = countOrNull(memberOf(details, 'reasoning_tokens')) ?? 0;
  const completionTokens = Math.max(
    countOrNull(usage.completion_tokens ?? usage.output_tokens) ?? 0,
    total === null ? 0 : total - promptTokens,
    reasoningTokens,
  );
  if (completionTokens === 0 && hasText) return null;
  const promptDetails = usage.prompt_tokens_details ?? usage.input_tokens_details;
  const cached = memberOf(promptDetails, 'cached_tokens') ?? usage.prompt_cache_hit_tokens;
  return {
    promptTokens,
    completionTokens,
    cachedTokens: Math.min(countOrNull(cached) ?? 0, promptTokens),
    reasoningTokens,
  };
}

function memberOf(value: unknown, name: string): unknown {
  return isJsonObject(value) ? value[name] : undefined;
}
