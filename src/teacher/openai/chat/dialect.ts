import { SERVER_FORMATS, type ServerFormat } from '../../../options/choices.js';
import type { JsonObject } from '../../../util/json-value.js';
import { type LaidOutPrompt, layOutPrompt } from '../../reply/reply-layout.js';
import { replyJsonSchema } from '../../reply/reply-schema.js';
import type { TeacherRequest } from '../../teacher.js';
import type { ChatBody } from './chat-body.js';

/** What a request can do without, where a server does not know it. */
export const OPTIONAL_PARAMETERS = ['temperature', 'top_p', 'seed', 'stream_options', 'stream'] as const;
export type OptionalParameter = (typeof OPTIONAL_PARAMETERS)[number];

/** What one server with one model understands of the protocol. */
export interface Dialect {
  readonly format: ServerFormat;
  readonly tokenLimit: 'max_tokens' | 'max_completion_tokens';
  /** What the server turns requests away for. */
  readonly omitted: readonly OptionalParameter[];
  /** Where the system's text goes: into a message of its own, or to the beginning of the user's. */
  readonly system: 'message' | 'user';
  /** Replies come in pieces, because the server sends them in no other way. */
  readonly stream: boolean;
  /** The longest reply that may be asked for, in tokens; null where no limit is known. */
  readonly mostTokens: number | null;
  /** The model thinks before it replies, which takes room. */
  readonly thinks: boolean;
}

export function firstDialect(format: ServerFormat = SERVER_FORMATS[0]): Dialect {
  return {
    format,
    tokenLimit: 'max_tokens',
    omitted: [],
    system: 'message',
    stream: false,
    mostTokens: null,
    thinks: false,
  };
}

export interface DialectBody extends LaidOutPrompt {
  readonly body: ChatBody;
}

export interface ChatBodyParts {
  readonly model: string;
  readonly request: TeacherRequest;
  readonly dialect: Dialect;
  /** Tokens that the reply may have, thinking included; the dialect may allow fewer. */
  readonly maxTokens: number;
  /** What the user has sent along; comes last. */
  readonly extraBody: JsonObject;
}

/** Puts a request into a dialect. */
export function chatBody({ model, request, dialect, maxTokens, extraBody }: ChatBodyParts): DialectBody {
  const prompt = layOutPrompt(request, dialect.format);
  const optional: readonly [OptionalParameter, unknown][] = [
    ['temperature', request.temperature],
    ['top_p', request.topP],
    ['seed', request.seed],
    // Some servers stream unless they are told not to.
    ['stream', dialect.stream],
    ['stream_options', dialect.stream ? { include_usage: true } : undefined],
  ];
  const sent = optional.filter(([name, value]) => value !== undefined && !dialect.omitted.includes(name));
  return {
    ...prompt,
    body: {
      model,
      messages: messagesOf(prompt, dialect),
      [dialect.tokenLimit]: Math.min(maxTokens, dialect.mostTokens ?? maxTokens),
      ...Object.fromEntries(sent),
      ...responseFormat(request, dialect.format),
      ...extraBody,
    },
  };
}

function messagesOf({ system, user }: LaidOutPrompt, dialect: Dialect): ChatBody['messages'] {
  return dialect.system === 'message'
    ? [
        { role: 'system', content: system },
        { role: 'user', content: user },
      ]
    : [{ role: 'user', content: `${system}\n\n${user}` }];
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

export function plainerFormat(format: ServerFormat): ServerFormat | undefined {
  return SERVER_FORMATS[SERVER_FORMATS.indexOf(format) + 1];
}
