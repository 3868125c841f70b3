import { failure, good, type ServerCase } from '../server-case.js';

const TOO_FAST = { error: { message: 'Rate limit reached for requests.', code: 'rate_limit_exceeded' } };

export const RATE_LIMITS: readonly ServerCase[] = [
  {
    name: 'retry-after from the first request on, for a while',
    script: (request) =>
      request.index < 5 ? failure(429, TOO_FAST, { 'retry-after': '20' }) : good(request),
    live: { kind: 'answers', told: /Rate limit reached for requests/, requests: 8 },
  },
  {
    name: 'retry-after for ever',
    script: () => failure(429, TOO_FAST, { 'retry-after': '20' }),
    live: {
      kind: 'stops',
      code: 'teacher_rate_limited',
      words: /rate limit has let nothing through for 15 min.*Rate limit reached/,
      remedy: /rpm/,
    },
  },
  {
    name: 'a day’s limit, used up',
    script: (request) =>
      request.isProbe ? good(request) : failure(429, TOO_FAST, { 'retry-after': '43200' }),
    live: {
      kind: 'stops',
      code: 'teacher_rate_limited',
      words: /It asks to be left alone for 12 h 0 min/,
      remedy: /Resume later/,
    },
    batch: { kind: 'fails', reason: 'server_error', words: /Rate limit reached/ },
  },
  {
    name: 'a time to wait in x-ratelimit headers alone',
    script: (request) =>
      request.index === 1
        ? failure(429, TOO_FAST, {
            'x-ratelimit-remaining-requests': '0',
            'x-ratelimit-reset-requests': '1m30s',
            'x-ratelimit-remaining-tokens': '9000',
            'x-ratelimit-reset-tokens': '2h',
          })
        : good(request),
    live: { kind: 'answers', told: /Rate limit reached/, reply: {}, requests: 4 },
    batch: { kind: 'answers', told: /./, requests: 4 },
  },
  {
    name: 'headers of a success that say nothing is left',
    script: (request) => ({
      ...good(request),
      headers: { 'x-ratelimit-remaining-requests': '0', 'x-ratelimit-reset-requests': '12s' },
    }),
    live: { kind: 'answers', told: /The server says that its limit is reached/ },
    // Only the probe has headers there.
    batch: { kind: 'answers', told: /^The server says that its limit is reached\.\n*$/ },
  },
  {
    name: 'a time to wait in Gemini’s details',
    script: (request) =>
      request.index === 1
        ? failure(429, [
            {
              error: {
                code: 429,
                message: 'Resource has been exhausted.',
                status: 'RESOURCE_EXHAUSTED',
                details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '31s' }],
              },
            },
          ])
        : good(request),
    live: { kind: 'answers', told: /Resource has been exhausted/, requests: 4 },
    batch: { kind: 'answers', told: /./, requests: 4 },
  },
  {
    name: 'a rate limit within a 200',
    script: (request) =>
      request.index === 1 ? failure(200, { error: { code: 429, message: 'Too fast.' } }) : good(request),
    live: { kind: 'answers', told: /Too fast/, requests: 4 },
    batch: { kind: 'answers', told: /./, requests: 4 },
  },
];
