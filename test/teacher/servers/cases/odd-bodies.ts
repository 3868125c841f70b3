import { completion, type TeacherAction } from '../../../helpers/scripted-teacher-server.js';
import { type CaseEnd, type CaseRequest, good, goodContent, type ServerCase } from '../server-case.js';

function body(value: unknown, type?: string): TeacherAction {
  return {
    kind: 'raw',
    body: typeof value === 'string' ? value : JSON.stringify(value),
    ...(type && { type }),
  };
}

/** A completion whose message, choice or whole is changed. */
function changed(request: CaseRequest, { message = {}, choice = {}, whole = {} }): TeacherAction {
  const usual = completion(good(request)) as { choices: { message: object }[] };
  const first = usual.choices[0]!;
  return body({
    ...usual,
    choices: [{ ...first, ...choice, message: { ...first.message, ...message } }],
    ...whole,
  });
}

const PAGE =
  '<!DOCTYPE html>\n<html><head><title>Sign in &mdash; Corp Gateway</title></head><body>…</body></html>';

/** A server that does not speak the protocol at this address, which the first request shows. */
function noServer(words: RegExp, remedy = /baseUrl/): CaseEnd {
  return { kind: 'stops', code: 'teacher_unusable', words, remedy };
}

/** What every later request brings, too. */
function unanswered(words: RegExp): Pick<ServerCase, 'live' | 'batch'> {
  return {
    live: { kind: 'stops', code: 'teacher_unreachable', words, remedy: /Check that the server runs/ },
    batch: { kind: 'fails', reason: 'server_error', words },
  };
}

export const ODD_BODIES: readonly ServerCase[] = [
  {
    name: 'content in parts',
    script: (request) =>
      changed(request, {
        message: {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'Where is Lyon?' }] },
            { type: 'text', text: goodContent(request.body) },
          ],
        },
      }),
    live: { kind: 'answers', told: /room for thinking/, reply: { reasoning: 'Where is Lyon?' } },
  },
  {
    name: 'JSON that calls itself text',
    script: (request) => body(completion(good(request)), 'text/plain; charset=utf-8'),
    live: { kind: 'answers' },
    batch: null,
  },
  {
    name: 'JSON that calls itself nothing',
    script: (request) => ({ kind: 'raw', body: JSON.stringify(completion(good(request))), type: '' }),
    live: { kind: 'answers' },
    batch: null,
  },
  {
    name: 'a completion in an array',
    script: (request) => body([completion(good(request))]),
    live: { kind: 'answers' },
  },
  {
    name: 'no reason for the end, no model and no usage',
    script: (request) =>
      changed(request, { choice: { finish_reason: '' }, whole: { model: null, usage: {}, error: null } }),
    live: { kind: 'answers', reply: { model: 'm', usage: { estimated: true } } },
  },
  {
    name: 'counts under other names',
    script: (request) => changed(request, { whole: { usage: { input_tokens: 21, output_tokens: 9 } } }),
    live: {
      kind: 'answers',
      reply: { usage: { promptTokens: 21, completionTokens: 9, cost: null, estimated: false } },
    },
  },
  {
    name: 'a model that keeps to a schema, and finds no end in the probe',
    script: (request) =>
      request.isProbe
        ? { kind: 'reply', content: '{"word": "ready or not, here I', finishReason: 'length' }
        : good(request),
    live: { kind: 'answers', reply: { format: 'json_schema' } },
  },
  {
    name: 'a model that keeps to a schema, and has no word for the probe',
    script: (request) => (request.isProbe ? { kind: 'reply', content: '{"word": " "}' } : good(request)),
    live: { kind: 'answers', reply: { format: 'json_schema' } },
  },
  {
    name: 'a model that heeds no schema, and finds no end in the probe',
    script: (request) =>
      request.isProbe && request.body.response_format !== undefined
        ? { kind: 'reply', content: 'Sure! Ready, as I always', finishReason: 'length' }
        : good(request),
    live: {
      kind: 'answers',
      told: /asked for as markers\. Asked for json_object, it wrote something else/,
      reply: { format: 'markers' },
      requests: 5,
    },
  },
  {
    name: 'an error about money in place of choices',
    script: () => body({ error: { message: 'Insufficient credits. Add more to go on.', code: 402 } }),
    live: { kind: 'stops', code: 'budget_exhausted', words: /Insufficient credits/, remedy: /Add credit/ },
  },
  {
    name: 'an error about the key in place of choices',
    script: () => body({ error: { message: 'User not found.', code: 401 } }),
    live: { kind: 'stops', code: 'teacher_unauthorized', words: /User not found/, remedy: /the key/ },
  },
  {
    name: 'an error within the choice, once',
    script: (request) =>
      request.index === 1
        ? changed(request, {
            message: { content: '' },
            choice: { finish_reason: 'error', error: { code: 502, message: 'Upstream idle timeout.' } },
          })
        : good(request),
    live: { kind: 'answers', told: /Upstream idle timeout/, requests: 4 },
    batch: { kind: 'answers', told: /Upstream idle timeout/, requests: 4 },
  },
  {
    name: 'an error for a reason, without a word of why, each time',
    script: (request) =>
      request.isProbe ? good(request) : changed(request, { choice: { finish_reason: 'error' } }),
    ...unanswered(/The server broke the reply off, but begins: .*finish_reason/),
  },
  {
    name: 'no choices',
    script: (request) => (request.isProbe ? good(request) : body({ id: 'x', choices: [], model: 'm' })),
    ...unanswered(/The response is no chat completion, but begins: \{"id":"x"/),
  },
  {
    name: 'no choices for anybody',
    script: () => body({ id: 'x', choices: [] }),
    live: noServer(/turns the simplest request away.*The response is no chat completion/, /model's name/),
  },
  {
    name: 'nothing at all',
    script: (request) => (request.isProbe ? good(request) : body('')),
    ...unanswered(/The response is no JSON: it is empty/),
  },
  {
    name: 'the page of a gateway',
    script: () => body(PAGE, 'text/html'),
    live: noServer(/an HTML page, "Sign in &mdash; Corp Gateway"/),
  },
  {
    name: 'the page of a gateway, once the session has run out',
    script: (request) => (request.isProbe ? good(request) : body(PAGE, 'text/html')),
    live: noServer(/an HTML page, "Sign in &mdash; Corp Gateway"/),
    batch: { kind: 'fails', reason: 'server_error', words: /Sign in &mdash; Corp Gateway/ },
  },
  {
    name: 'a page that is not found',
    script: () => ({ kind: 'raw', status: 404, type: 'text/html', body: '<html><title>404</title></html>' }),
    live: noServer(/an HTML page, "404"/),
  },
  {
    name: 'Ollama’s own protocol',
    script: () => body({ model: 'm', message: { role: 'assistant', content: 'Hi.' }, done: true }),
    live: noServer(/Ollama’s own protocol/),
  },
  {
    name: 'a detail, as FastAPI has it, with status 200',
    script: () => body({ detail: 'The model is disabled.' }),
    live: noServer(/The model is disabled/, /model's name/),
  },
];
