import { type LaidOutPrompt, layOutPrompt } from '../../reply/reply-layout.js';
import { replyJsonSchema } from '../../reply/reply-schema.js';
import type { ReplyFormat, TeacherRequest } from '../../teacher.js';
import type { ChatBody } from './chat-client.js';

/** Formats in which a server can be asked for a reply, the strictest first. */
export const SERVER_FORMATS = [
  'json_schema',
  'json_object',
  'markers',
] as const satisfies readonly ReplyFormat[];
export type ServerFormat = (typeof SERVER_FORMATS)[number];

export const SAMPLING_PARAMETERS = ['temperature', 'top_p', 'seed'] as const;
export type SamplingParameter = (typeof SAMPLING_PARAMETERS)[number];

/** What one server with one model understands of the protocol. */
export interface Dialect {
  readonly format: ServerFormat;
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** Sampling parameters the server turns requests away for. */
  readonly omitted: readonly SamplingParameter[];
}

export function firstDialect(format: ServerFormat): Dialect {
  return { format, tokenLimit: 'max_tokens', omitted: [] };
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
  const prompt = layOutPrompt(request, dialect.format);
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
      ...responseFormat(request, dialect.format),
    },
  };
}

function responseFormat({ schema }: TeacherRequest, format: ServerFormat): Pick<ChatBody, 'response_format'> {
  switch (format) {
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
