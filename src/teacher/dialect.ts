import type { ChatBody } from './chat-client.js';
import { type LaidOutPrompt, layOutPrompt } from './reply-layout.js';
import { replyJsonSchema } from './reply-schema.js';
import type { ReplyMode, TeacherRequest } from './teacher.js';

/** Modes in which a server can be asked for a reply, the strictest first. */
export const SERVER_MODES = ['json_schema', 'json_object', 'markers'] as const satisfies readonly ReplyMode[];
export type ServerMode = (typeof SERVER_MODES)[number];

export const SAMPLING_PARAMETERS = ['temperature', 'top_p', 'seed'] as const;
export type SamplingParameter = (typeof SAMPLING_PARAMETERS)[number];

/** What one server with one model understands of the protocol. */
export interface Dialect {
  readonly mode: ServerMode;
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** Sampling parameters the server turns requests away for. */
  readonly omitted: readonly SamplingParameter[];
}

export function firstDialect(mode: ServerMode): Dialect {
  return { mode, tokenLimit: 'max_tokens', omitted: [] };
}

export interface DialectBody extends LaidOutPrompt {
  readonly body: ChatBody;
}

/** Puts a request into a dialect. `maxTokens` replaces the request's own limit. */
export function chatBody(
  model: string,
  request: TeacherRequest,
  dialect: Dialect,
  maxTokens: number,
): DialectBody {
  const prompt = layOutPrompt(request, dialect.mode);
  const sampling: readonly [SamplingParameter, number | undefined][] = [
    ['temperature', request.temperature],
    ['top_p', request.topP],
    ['seed', request.seed],
  ];
  const sent = sampling.filter(([name, value]) => value !== undefined && !dialect.omitted.includes(name));
  return {
    ...prompt,
    body: {
      model,
      messages: [
        { role: 'system', content: request.system },
        { role: 'user', content: prompt.user },
      ],
      [dialect.tokenLimit]: maxTokens,
      ...Object.fromEntries(sent),
      ...responseFormat(request, dialect.mode),
    },
  };
}

function responseFormat({ schema }: TeacherRequest, mode: ServerMode): Pick<ChatBody, 'response_format'> {
  switch (mode) {
    case 'json_schema': {
      const json_schema = { name: schema.name, strict: true, schema: replyJsonSchema(schema) };
      return { response_format: { type: 'json_schema', json_schema } };
    }
    case 'json_object':
      return { response_format: { type: 'json_object' } };
    case 'markers':
      return {};
  }
}
