import { describe, expect, it } from 'vitest';
import { readUsage } from '../../../../src/teacher/openai/chat/read-usage.js';
import { costOf } from '../../../../src/teacher/openai/pacing/token-counts.js';

const counts = (promptTokens: number, completionTokens: number, cachedTokens = 0, reasoningTokens = 0) => ({
  ...{ promptTokens, completionTokens, cachedTokens, reasoningTokens },
});

describe('what a server counts', () => {
  it.each([
    ['OpenAI', { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13 }, counts(9, 4)],
    [
      'OpenAI with a cache and thinking',
      {
        ...{ prompt_tokens: 900, completion_tokens: 700, total_tokens: 1600 },
        prompt_tokens_details: { cached_tokens: 800 },
        completion_tokens_details: { reasoning_tokens: 650 },
      },
      counts(900, 700, 800, 650),
    ],
    [
      'DeepSeek’s cache',
      { prompt_tokens: 9, completion_tokens: 4, prompt_cache_hit_tokens: 8 },
      counts(9, 4, 8),
    ],
    ['other names', { input_tokens: 9, output_tokens: 4 }, counts(9, 4)],
    [
      'thinking in the total only',
      { prompt_tokens: 9, completion_tokens: 4, total_tokens: 113 },
      counts(9, 104),
    ],
    [
      'thinking beside the reply',
      { prompt_tokens: 9, completion_tokens: 4, completion_tokens_details: { reasoning_tokens: 50 } },
      counts(9, 50, 0, 50),
    ],
    [
      'a cache larger than the prompt',
      { prompt_tokens: 9, completion_tokens: 4, prompt_cache_hit_tokens: 99 },
      counts(9, 4, 9),
    ],
    ['absent details', { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: null }, counts(9, 4)],
  ])('by %s', (_, usage, read) => expect(readUsage(usage, true)).toEqual(read));

  it.each([
    null,
    undefined,
    '',
    0,
    {},
    [],
    { prompt_tokens: 0, completion_tokens: 0 },
    { prompt_tokens: null, completion_tokens: 4 },
    { prompt_tokens: 9, completion_tokens: 0 },
    { prompt_tokens: 9 },
  ])('is nothing where it is %j beside a text', (usage) => expect(readUsage(usage, true)).toBeNull());

  it('may be no reply at all', () => {
    expect(readUsage({ prompt_tokens: 9, completion_tokens: 0 }, false)).toEqual(counts(9, 0));
  });
});

describe('the cost', () => {
  const price = { promptPerMillion: 10, completionPerMillion: 40 };

  it('of what was in the cache is its own, where there is one', () => {
    const used = counts(1_000_000, 500_000, 750_000, 400_000);
    expect(costOf(used, { ...price, cachedPerMillion: 1 })).toBe(2.5 + 0.75 + 20);
    expect(costOf(used, price)).toBe(10 + 20);
    expect(costOf(used, null)).toBeNull();
  });
});
