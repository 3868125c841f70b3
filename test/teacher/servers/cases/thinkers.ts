import { failure, good, goodContent, type ServerCase } from '../server-case.js';

export const THINKERS: readonly ServerCase[] = [
  {
    name: 'thinking beside the reply, counted among its tokens',
    script: (request) => ({
      ...good(request),
      message: { reasoning_content: 'Lyon is not it.' },
      usage: {
        prompt_tokens: 10,
        completion_tokens: 900,
        completion_tokens_details: { reasoning_tokens: 850 },
      },
    }),
    live: {
      kind: 'answers',
      told: /replies get 8192 tokens of room for thinking/,
      sent: { max_tokens: 2048 + 8192 },
      reply: { reasoning: 'Lyon is not it.', usage: { completionTokens: 900, reasoningTokens: 850 } },
    },
  },
  {
    name: 'thinking that only the total counts',
    script: (request) => ({
      ...good(request),
      message: { reasoning: 'Hm.' },
      usage: { prompt_tokens: 10, completion_tokens: 50, total_tokens: 760 },
    }),
    live: { kind: 'answers', told: /room for thinking/, reply: { usage: { completionTokens: 750 } } },
  },
  {
    name: 'thinking within the reply',
    script: (request) => ({ kind: 'reply', content: `<think>\nHm.\n</think>\n${goodContent(request.body)}` }),
    live: { kind: 'answers', told: /room for thinking/, reply: { fields: { better_answer: 'Paris.' } } },
  },
  {
    name: 'thinking that leaves a reply no room, until there is more',
    script: (request) =>
      request.body.max_tokens < 4000
        ? { kind: 'reply', content: '', finishReason: 'length', message: { reasoning_content: 'Let me…' } }
        : good(request),
    live: { kind: 'answers', told: /room for thinking/, sent: { max_tokens: 2048 + 8192 } },
  },
  {
    name: 'a model that takes max_completion_tokens and no temperature, and thinks in secret',
    script: (request) => {
      const { body } = request;
      const complain = (message: string) =>
        failure(400, { error: { message, code: 'unsupported_parameter' } });
      if ('max_tokens' in body) {
        return complain("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
      }
      if ('temperature' in body) return complain("Unsupported value: 'temperature' does not support 0.");
      const usage = {
        prompt_tokens: 10,
        completion_tokens: 500,
        completion_tokens_details: { reasoning_tokens: 448 },
      };
      return { ...good(request), usage };
    },
    live: {
      kind: 'answers',
      told: /max_completion_tokens is sent.*temperature is left out.*room for thinking/s,
      sent: { max_completion_tokens: 2048 + 8192, seed: 7 },
      unsent: ['max_tokens', 'temperature'],
      requests: 5,
      reply: { usage: { completionTokens: 500, reasoningTokens: 448 } },
    },
  },
];
