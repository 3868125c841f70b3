import type { TeacherAction } from '../../../helpers/scripted-teacher-server.js';
import { type CaseEnd, type CaseRequest, failure, good, type ServerCase } from '../server-case.js';

/** One server's way to say that something is wrong. */
interface ErrorShape {
  readonly name: string;
  readonly says: (message: string, code: string, status: number) => TeacherAction;
}

const SHAPES: readonly ErrorShape[] = [
  {
    name: 'OpenAI',
    says: (message, code, status) => failure(status, { error: { message, type: 'x', param: null, code } }),
  },
  {
    name: 'Gemini’s compatible address, in an array',
    says: (message, code, status) => failure(status, [{ error: { code: status, message, status: code } }]),
  },
  {
    name: 'vLLM before 0.10, flat',
    says: (message, code, status) => failure(status, { object: 'error', message, type: code, code: status }),
  },
  {
    name: 'FastAPI, by the places in the request',
    says: (message, _, status) =>
      failure(status === 400 ? 422 : status, {
        detail: [{ type: 'value_error', loc: ['body', 'messages'], msg: message }],
      }),
  },
  { name: 'FastAPI, in a sentence', says: (message, _, status) => failure(status, { detail: message }) },
  {
    name: 'LM Studio, with a text for an object',
    says: (message, _, status) => failure(status, { error: message }),
  },
  {
    name: 'LiteLLM, quoting the server behind it',
    says: (message, code, status) =>
      failure(status, {
        error: { message: JSON.stringify({ error: { message, code } }), type: null, code: String(status) },
      }),
  },
  {
    name: 'OpenRouter, with the words of the provider apart',
    says: (message, _, status) =>
      failure(status, {
        error: {
          message: 'Provider returned error',
          code: status,
          metadata: { provider_name: 'Some', raw: JSON.stringify({ error: { message } }) },
        },
      }),
  },
  {
    name: 'a proxy, in plain text',
    says: (message, _, status) => ({ kind: 'raw', status, type: 'text/plain', body: `${message}\n` }),
  },
];

interface Said {
  readonly what: string;
  readonly message: string;
  readonly code: string;
  readonly status: number;
  /** Whether the server says it to this request. */
  readonly to: (request: CaseRequest) => boolean;
  readonly end: CaseEnd;
  /** Where another becomes of it in batches: there is no waiting in them, and one line does not stop the others. */
  readonly batch?: CaseEnd | null;
}

const all = () => true;

const SAID: readonly Said[] = [
  {
    what: 'that it does not take a parameter',
    message: "Unsupported value: 'temperature' does not support 0 with this model.",
    code: 'unsupported_value',
    status: 400,
    to: ({ body }) => 'temperature' in body,
    end: {
      kind: 'answers',
      told: /^temperature is left out\. .*'temperature' does not support 0/,
      unsent: ['temperature'],
      sent: { seed: 7 },
      requests: 4,
    },
  },
  {
    what: 'that it knows no schemas',
    message: 'response_format json_schema is not supported by this backend',
    code: 'invalid_request_error',
    status: 400,
    to: ({ body }) => body.response_format?.type === 'json_schema',
    end: {
      kind: 'answers',
      told: /asked for as json_object\. .*json_schema is not supported by this backend/,
      reply: { format: 'json_object' },
      requests: 4,
    },
  },
  {
    what: 'that a request is too long',
    message: "This model's maximum context length is 4096 tokens, however you requested 9000 tokens.",
    code: 'context_length_exceeded',
    status: 400,
    to: ({ isProbe }) => !isProbe,
    end: { kind: 'fails', reason: 'context_too_long', words: /maximum context length is 4096 tokens/ },
  },
  {
    what: 'that the quota is used up',
    message: 'You exceeded your current quota: insufficient_quota, check your plan and billing details.',
    code: 'insufficient_quota',
    status: 429,
    to: all,
    end: { kind: 'stops', code: 'budget_exhausted', words: /exceeded your current quota/, remedy: /credit/ },
  },
  {
    what: 'that the key is wrong',
    message: 'Incorrect API key provided.',
    code: 'invalid_api_key',
    status: 401,
    to: all,
    end: {
      kind: 'stops',
      code: 'teacher_unauthorized',
      words: /Incorrect API key provided/,
      remedy: /the key/,
    },
  },
  {
    what: 'that a request breaks a policy',
    message: 'The response was filtered due to the prompt triggering the content_policy.',
    code: 'content_filter',
    status: 400,
    to: ({ isProbe }) => !isProbe,
    end: { kind: 'fails', reason: 'refused', words: /triggering the content_policy/ },
  },
  {
    what: 'that it failed',
    message: 'CUDA out of memory. Tried to allocate 2.00 GiB.',
    code: 'internal_error',
    status: 500,
    to: ({ isProbe }) => !isProbe,
    end: {
      kind: 'stops',
      code: 'teacher_unreachable',
      words: /no answer to 3 requests in a row.*CUDA out of memory/,
      remedy: /Check that the server runs/,
    },
    batch: { kind: 'fails', reason: 'server_error', words: /CUDA out of memory/ },
  },
];

export const ERROR_BODIES: readonly ServerCase[] = SHAPES.flatMap(({ name, says }) =>
  SAID.map(({ what, message, code, status, to, end, batch = end }) => ({
    name: `${name}, says ${what}`,
    script: (request) => (to(request) ? says(message, code, status) : good(request)),
    live: end,
    batch,
  })),
);
