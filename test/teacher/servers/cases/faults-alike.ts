import { type CaseEnd, type CaseRequest, failure, good, type ServerCase } from '../server-case.js';

/** A server that lets a reply have so many tokens, and the words in which it says so. */
interface Cap {
  readonly who: string;
  readonly status?: number;
  readonly most: number;
  readonly words: (asked: number) => string;
}

const asked = ({ body }: CaseRequest): number => body.max_tokens ?? body.max_completion_tokens;

const CAPS: readonly Cap[] = [
  {
    who: 'OpenAI',
    most: 1024,
    words: (asked) =>
      `max_tokens is too large: ${asked}. This model supports at most 1,024 completion tokens, whereas you provided ${asked}.`,
  },
  {
    who: 'Groq',
    most: 1024,
    words: () => '`max_tokens` must be less than or equal to `1024`, the maximum value for this model.',
  },
  {
    who: 'vLLM',
    most: 1024,
    words: (asked) =>
      `max_tokens=${asked} cannot be greater than max_model_len=1024. Please request fewer output tokens. (parameter=max_tokens, value=${asked})`,
  },
  { who: 'DashScope', most: 1024, words: () => 'Range of max_tokens should be [1, 1024]' },
  {
    who: 'Gemini',
    most: 1024,
    words: () =>
      'Unable to submit request because max_output_tokens must be within range 1 (inclusive) to 1025 (exclusive).',
  },
];

/** A server whose context leaves that much to a reply. */
const ROOMS: readonly Cap[] = [
  {
    who: 'vLLM since 0.10',
    most: 924,
    words: (asked) =>
      `This model's maximum context length is 1024 tokens. However, you requested ${asked} output tokens and your prompt contains at least 100 input tokens, for a total of at least ${asked + 100} tokens.`,
  },
  {
    who: 'vLLM before',
    most: 924,
    words: (asked) =>
      `'max_tokens' or 'max_completion_tokens' is too large: ${asked}. This model's maximum context length is 1024 tokens and your request has 100 input tokens (${asked} > 1024 - 100).`,
  },
  {
    who: 'OpenAI',
    most: 924,
    words: (asked) =>
      `This model's maximum context length is 1024 tokens. However, you requested ${asked + 100} tokens (100 in the messages, ${asked} in the completion).`,
  },
];

function limited({ who, status = 400, most, words }: Cap, told: RegExp, requests: number): ServerCase {
  const end: CaseEnd = { kind: 'answers', sent: { max_tokens: most }, told, requests };
  return {
    name: `${who} lets replies have ${most} tokens`,
    script: (request) =>
      asked(request) > most ? failure(status, { error: { message: words(asked(request)) } }) : good(request),
    live: end,
  };
}

export const FAULTS_ALIKE: readonly ServerCase[] = [
  ...CAPS.map((cap) => limited(cap, /replies of at most 1024 tokens are asked for/, 4)),
  ...ROOMS.map((cap) => ({
    ...limited(cap, /replies get what the context leaves of it, here 924 tokens/, 6),
    name: `${cap.who}’s context leaves replies 924 tokens`,
  })),
  {
    name: 'all real requests are turned away for the same reason',
    script: (request) =>
      request.isProbe
        ? good(request)
        : failure(400, { error: { message: `Prompts of ${request.index}00 words are odd.` } }),
    live: {
      kind: 'stops',
      code: 'teacher_unusable',
      words: /turned 3 requests away for the same reason, and has answered none.*words are odd/,
      remedy: /Change what it says/,
    },
    batch: { kind: 'fails', reason: 'server_error', words: /words are odd/ },
  },
];
