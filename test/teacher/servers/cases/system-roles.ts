import { failure, good, type ServerCase } from '../server-case.js';

const hasSystem = (body: { messages: readonly { role: string }[] }) =>
  body.messages.some(({ role }) => role === 'system');

const SAID = [
  [
    'llama.cpp with Gemma’s template',
    500,
    { error: { code: 500, message: 'System role not supported', type: 'server_error' } },
  ],
  ['a server', 400, { error: { message: "messages[0].role: 'system' is not supported by this model" } }],
  [
    'Mistral’s old models',
    400,
    { message: 'Conversation roles must alternate user/assistant/user/assistant/...' },
  ],
  [
    'o1-mini',
    400,
    {
      error: { message: "Unsupported value: 'messages[0].role' does not support 'system' with this model." },
    },
  ],
  [
    'Google',
    400,
    [{ error: { code: 400, message: 'Developer instruction is not enabled for models/gemma-3' } }],
  ],
] as const;

export const SYSTEM_ROLES: readonly ServerCase[] = [
  ...SAID.map(
    ([who, status, body]): ServerCase => ({
      name: `${who} says so`,
      script: (request) => (hasSystem(request.body) ? failure(status, body) : good(request)),
      live: {
        kind: 'answers',
        told: /the system prompt is sent with the user’s/,
        reply: { format: 'json_schema' },
        sent: { messages: [{ role: 'user' }] },
        requests: status === 500 ? 5 : 4,
      },
    }),
  ),
  {
    name: 'SGLang does not say so',
    script: (request) =>
      hasSystem(request.body)
        ? failure(500, { object: 'error', message: 'Internal Server Error' })
        : good(request),
    live: {
      kind: 'answers',
      told: /asked without a system message\. .*Internal Server Error/,
      reply: { format: 'json_schema' },
      requests: 9,
    },
  },
];
