import type { TeacherAction } from '../../../helpers/scripted-teacher-server.js';
import { completion } from '../../../helpers/scripted-teacher-server.js';
import { type CaseRequest, failure, good, goodContent, type ServerCase } from '../server-case.js';

const STREAM = 'text/event-stream';

/** A reply in pieces, as servers send them. */
function stream(
  { body }: CaseRequest,
  ending = 'data: [DONE]\n\n',
  usage: object | null = USAGE,
): TeacherAction {
  const content = goodContent(body);
  const middle = Math.floor(content.length / 2);
  const event = (delta: object, finish_reason: string | null) =>
    `data: ${JSON.stringify({
      object: 'chat.completion.chunk',
      model: 'streamed-model',
      choices: [{ index: 0, delta, finish_reason }],
    })}\n\n`;
  const events = [
    ': OPENROUTER PROCESSING\n\n',
    event({ role: 'assistant', content: '' }, null),
    event({ content: content.slice(0, middle) }, null),
    event({ content: content.slice(middle) }, null),
    event({}, 'stop'),
    ...(usage === null
      ? []
      : [`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [], usage })}\n\n`]),
  ];
  return { kind: 'raw', type: STREAM, body: events.join('') + ending };
}

const USAGE = { prompt_tokens: 11, completion_tokens: 6 };
const STREAMED = { model: 'streamed-model', usage: { promptTokens: 11, completionTokens: 6 } };

export const STREAMS: readonly ServerCase[] = [
  {
    name: 'streams unless it is told not to',
    script: (request) => (request.body.stream === false ? good(request) : stream(request)),
    live: { kind: 'answers', sent: { stream: false }, reply: { model: 'scripted-model-001' } },
    // Batches come as a whole, and their requests do not speak of it.
    batch: null,
  },
  {
    name: 'streams whatever it is told',
    script: (request) => stream(request),
    live: { kind: 'answers', reply: STREAMED },
  },
  {
    name: 'streams without a last word',
    script: (request) => stream(request, ''),
    live: { kind: 'answers', reply: STREAMED },
  },
  {
    name: 'calls its stream JSON',
    script: (request) => ({
      ...(stream(request) as Extract<TeacherAction, { kind: 'raw' }>),
      type: undefined,
    }),
    live: { kind: 'answers', reply: STREAMED },
  },
  {
    name: 'puts the end of a stream behind a whole reply',
    script: (request) => ({
      kind: 'raw',
      body: `${JSON.stringify(completion(good(request)))}\n\ndata: [DONE]\n\n`,
    }),
    live: { kind: 'answers' },
  },
  {
    name: 'has nothing but streams, and says so',
    script: (request) =>
      request.body.stream === true
        ? stream(request)
        : failure(400, {
            message: 'This model only support stream mode, please enable the stream parameter.',
          }),
    live: {
      kind: 'answers',
      told: /^replies are taken as streams\. .*only support stream mode/,
      sent: { stream: true, stream_options: { include_usage: true } },
      requests: 4,
      reply: STREAMED,
    },
    batch: null,
  },
  {
    name: 'tells of an error in the middle of a stream',
    script: (request) =>
      request.isProbe
        ? stream(request)
        : {
            kind: 'raw',
            type: STREAM,
            body: `data: {"choices":[{"delta":{"content":"{"}}]}\n\ndata: ${JSON.stringify({
              error: { message: 'The worker was evicted.', code: 500 },
            })}\n\n`,
          },
    live: {
      kind: 'stops',
      code: 'teacher_unreachable',
      words: /The worker was evicted/,
      remedy: /Check that the server runs/,
    },
    batch: { kind: 'fails', reason: 'server_error', words: /The worker was evicted/ },
  },
  {
    name: 'breaks its streams off',
    script: (request) =>
      request.isProbe
        ? stream(request)
        : { kind: 'raw', type: STREAM, body: 'data: {"choices":[{"delta":{"content":"{\\"rel"}}]}\n\n' },
    live: {
      kind: 'stops',
      code: 'teacher_unreachable',
      words: /The stream broke off before the reply ended/,
      remedy: /Check that the server runs/,
    },
    batch: { kind: 'fails', reason: 'server_error', words: /The stream broke off/ },
  },
];
