import { failure, good, type ServerCase } from '../server-case.js';

const LLAMA_CPP = { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } };

export const PASSING_FAULTS: readonly ServerCase[] = [
  {
    name: 'llama.cpp loads its model for a while, and is used as it can be afterwards',
    script: (request) => (request.index < 13 ? failure(503, LLAMA_CPP) : good(request)),
    live: {
      kind: 'answers',
      told: /status 503: Loading model\./,
      reply: { format: 'json_schema' },
      requests: 16,
    },
  },
  {
    name: 'another loads its model when the first real request comes',
    script: (request) =>
      request.index === 1 ? failure(503, { detail: 'The model is currently loading.' }) : good(request),
    live: { kind: 'answers', told: /currently loading/, reply: { format: 'json_schema' }, requests: 4 },
    batch: { kind: 'answers', told: /currently loading/, reply: { format: 'json_schema' }, requests: 4 },
  },
  {
    name: 'a server loads for ever',
    script: () => failure(503, LLAMA_CPP),
    live: {
      kind: 'stops',
      code: 'teacher_unreachable',
      words: /still loading its model after .*Loading model/,
      remedy: /loadingTimeout/,
    },
  },
  {
    name: 'a server fails once while it is found out about',
    script: (request) =>
      request.index === 0 ? failure(500, { error: { message: 'worker restarted' } }) : good(request),
    live: { kind: 'answers', told: /worker restarted/, reply: { format: 'json_schema' }, requests: 4 },
  },
  {
    name: 'llama.cpp has its context full of others’ requests',
    script: (request) =>
      request.index === 1
        ? failure(500, {
            error: { code: 500, message: 'Context size has been exceeded.', type: 'server_error' },
          })
        : good(request),
    live: { kind: 'answers', told: /Context size has been exceeded/, requests: 4 },
    batch: { kind: 'answers', told: /Context size has been exceeded/, requests: 4 },
  },
  {
    name: 'a gateway has nobody behind it',
    script: () => ({
      kind: 'raw',
      status: 502,
      type: 'text/html',
      body: '<html><title>502 Bad Gateway</title></html>',
    }),
    live: {
      kind: 'stops',
      code: 'teacher_unreachable',
      words: /cannot be reached.*502 Bad Gateway/,
      remedy: /Check that its server runs/,
    },
  },
  {
    name: 'a server fails at whatever has a schema, and says nothing of it',
    script: (request) => (request.body.response_format === undefined ? good(request) : failure(500, {})),
    live: {
      kind: 'answers',
      told: /asked without json_schema\. .*no word of why/,
      reply: { format: 'markers' },
      sent: { temperature: 0, messages: [{ role: 'system' }, { role: 'user' }] },
      requests: 11,
    },
  },
  {
    name: 'a server fails at every request',
    script: () => failure(500, {}),
    live: {
      kind: 'stops',
      code: 'teacher_unusable',
      words: /turns the simplest request away.*status 500 and no word of why/,
      remedy: /Check the model's name/,
    },
  },
];
