import { ReflectionError } from '../../../errors.js';
import { parseReply } from '../../reply/parse-reply.js';
import { layOutPrompt } from '../../reply/reply-layout.js';
import type { TeacherRequest } from '../../teacher.js';
import type { ChatOutcome, ChatReply } from './chat-client.js';
import type { ChatFault } from './chat-fault.js';
import {
  type Dialect,
  firstDialect,
  SAMPLING_PARAMETERS,
  SERVER_FORMATS,
  type ServerFormat,
} from './dialect.js';

/** Enough for a reasoning model to come to its one word. */
const PROBE_TOKENS = 512;

/** A small request with the sampling settings of a real one, to see what the server makes of it. */
export function probeRequest(request: TeacherRequest): TeacherRequest {
  return {
    ...request,
    key: 'probe',
    system: 'You help to check a connection.',
    user: 'Write the word "ready".',
    schema: {
      name: 'probe',
      fields: [{ name: 'word', description: 'The word asked for.', kind: 'text' }],
    },
    maxTokens: PROBE_TOKENS,
  };
}

/**
 * Finds out what a server understands, by asking: the strictest format that yields a reply as laid out, and the
 * parameters it does not turn away.
 * @param send - Sends the probe in a dialect.
 * @throws {ReflectionError} `teacher_unusable` when even the plainest request is turned away.
 */
export async function negotiateDialect(
  probe: TeacherRequest,
  send: (probe: TeacherRequest, dialect: Dialect) => Promise<ChatOutcome>,
): Promise<Dialect> {
  let dialect = firstDialect(SERVER_FORMATS[0]);
  for (;;) {
    const outcome = await send(probe, dialect);
    if (outcome.kind === 'reply' && suits(outcome, probe, dialect.format)) return dialect;
    const next = (outcome.kind === 'fault' && adapt(dialect, outcome.fault)) || withNextFormat(dialect);
    if (next !== undefined) {
      dialect = next;
      continue;
    }
    // Markers need nothing of the server: whether the model keeps to them shows in every reply anew.
    if (outcome.kind === 'reply') return dialect;
    throw new ReflectionError(
      'teacher_unusable',
      `The teacher turns the simplest request away. ${outcome.fault.detail}`,
      {
        remedy: 'Check the model name and that the base URL is that of a chat completion server.',
        cause: outcome.fault.cause,
      },
    );
  }
}

function suits(reply: ChatReply, probe: TeacherRequest, format: ServerFormat): boolean {
  // The limit was spent on reasoning; nothing speaks against the format.
  if (reply.finishReason === 'length' && (reply.text ?? '').trim() === '') return true;
  return parseReply(reply.text ?? '', probe.schema, layOutPrompt(probe, format).layout).kind === 'parsed';
}

/** The dialect without the one parameter that a server says it does not take. */
function adapt(dialect: Dialect, { kind, detail }: ChatFault): Dialect | undefined {
  if (kind !== 'bad_request') return undefined;
  if (dialect.tokenLimit === 'max_tokens' && /max_completion_tokens/.test(detail)) {
    return { ...dialect, tokenLimit: 'max_completion_tokens' };
  }
  const unknown = SAMPLING_PARAMETERS.find(
    (name) => !dialect.omitted.includes(name) && new RegExp(String.raw`\b${name}\b`).test(detail),
  );
  return unknown === undefined ? undefined : { ...dialect, omitted: [...dialect.omitted, unknown] };
}

function withNextFormat(dialect: Dialect): Dialect | undefined {
  const format = SERVER_FORMATS[SERVER_FORMATS.indexOf(dialect.format) + 1];
  return format === undefined ? undefined : { ...dialect, format };
}
