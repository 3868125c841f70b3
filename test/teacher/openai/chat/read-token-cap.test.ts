import { describe, expect, it } from 'vitest';
import { readTokenCap } from '../../../../src/teacher/openai/chat/read-token-cap.js';

describe('how long a reply may be', () => {
  it.each([
    ['max_tokens is too large: 4096. This model supports at most 2048 completion tokens.', 2048],
    ['max_tokens is too large: 4,096. This model supports at most 2,048 completion tokens.', 2048],
    ["'max_tokens' must be less than or equal to '2048'", 2048],
    ['Range of max_tokens should be [1, 2048]', 2048],
    ['max_output_tokens must be within 1 (inclusive) to 2049 (exclusive), but was 4096', 2048],
    ['max_tokens=4096 cannot be greater than max_model_len=2048. (parameter=max_tokens, value=4096)', 2048],
    ['max_new_tokens: Input should be less than or equal to 2048', 2048],
  ])('for every request: %s', (said, tokens) => {
    expect(readTokenCap(said, 4096)).toEqual({ tokens, reach: 'all' });
  });

  it.each([
    'maximum context length is 3000 tokens. However, you requested 4196 tokens (1000 in the messages, 4096 in the completion).',
    'maximum context length is 3000 tokens. However, you requested 4096 output tokens and your prompt contains at least 1000 input tokens',
    'maximum context length is 3000 tokens and your request has 1000 input tokens (4096 > 3000 - 1000).',
    'context window of 3000, prompt contains 1000',
  ])('for a prompt of this length: %s', (said) => {
    expect(readTokenCap(said, 4096)).toEqual({ tokens: 2000, reach: 'this' });
  });

  it.each([
    ['the temperature must be at most 2', 4096],
    ['max_tokens must be positive', 4096],
    ['max_tokens may be 8192', 4096],
    ['maximum context length is 3000 tokens, (2990 in the messages, 4096 in the completion)', 4096],
    ['maximum context length is 9000 tokens (1000 in the messages)', 4096],
    ['maximum context length is 2048 tokens. However, your prompt contains at least 2049 input tokens', 4096],
    ['', 4096],
  ])('is not said: %s', (said, asked) => expect(readTokenCap(said, asked)).toBeUndefined());
});
