import { ReflectionError } from '../../../errors.js';
import { SERVER_FORMATS } from '../../../options/choices.js';
import { named } from '../../../options/option-name.js';
import { parseReply } from '../../reply/parse-reply.js';
import { layOutPrompt } from '../../reply/reply-layout.js';
import { stripReasoning } from '../../reply/strip-reasoning.js';
import type { TeacherRequest } from '../../teacher.js';
import { adaptDialect } from './adapt-dialect.js';
import { type ChatBody, limitOf } from './chat-body.js';
import type { ChatFault } from './chat-fault.js';
import type { ChatOutcome, ChatReply } from './chat-outcome.js';
import { type Dialect, OPTIONAL_PARAMETERS, plainerFormat } from './dialect.js';
import { readTokenCap } from './read-token-cap.js';

/** A small request that asks for as much, and in the same way, as a real one, to see what the server makes of it. */
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
  };
}

export interface Probed {
  readonly outcome: ChatOutcome;
  readonly body: ChatBody;
}

export interface NegotiationParts {
  readonly probe: TeacherRequest;
  readonly first: Dialect;
  /**
   * Sends the probe in a dialect, for a reply of so many tokens at the most.
   * @throws {ReflectionError} where no request would get an answer.
   */
  readonly send: (dialect: Dialect, room: number) => Promise<Probed>;
  /** Told what is done differently, and why. */
  readonly note: (change: string, because: string) => void;
}

/**
 * Finds out what a server understands, by asking: the strictest format that yields a reply as laid out, and the
 * parameters it does not turn away. Only what a server says of a feature, or does with it, counts as evidence: a server
 * that fails is no server that cannot.
 * @throws {ReflectionError} `teacher_unusable` when even the plainest request is turned away, and what `send` throws.
 */
export async function negotiateDialect(parts: NegotiationParts): Promise<Dialect> {
  const { probe, first, send, note } = parts;
  let dialect = first;
  /** What the model's context leaves to a reply, as far as the probe has met with it. */
  let room = Number.POSITIVE_INFINITY;
  for (;;) {
    const { outcome, body } = await send(dialect, room);
    if (outcome.kind === 'fault') {
      const cap = readTokenCap(outcome.fault.said, limitOf(body));
      if (cap?.reach === 'this') {
        note(`replies get what the context leaves of it, here ${cap.tokens} tokens`, outcome.fault.detail);
        room = cap.tokens;
        continue;
      }
      const adaptation = adaptDialect(dialect, outcome.fault, body);
      if (adaptation === undefined) return await buildUp(parts, dialect, room, outcome.fault);
      note(adaptation.change, outcome.fault.detail);
      dialect = adaptation.dialect;
      continue;
    }
    const format = plainerFormat(dialect.format);
    // Markers need nothing of the server: whether the model keeps to them shows in every reply anew.
    if (format === undefined || suits(outcome, probe, dialect)) return withThinking(dialect, outcome);
    note(`replies are asked for as ${format}`, `Asked for ${dialect.format}, it wrote something else.`);
    dialect = { ...dialect, format };
  }
}

/** Whether a reply is laid out as the dialect's format asks for. */
function suits(reply: ChatReply, probe: TeacherRequest, { format }: Dialect): boolean {
  const text = stripReasoning(reply.text ?? '');
  // What ran out of tokens speaks against the format only if it had begun in another way.
  if (reply.finish === 'length' && BEGINS_AS_JSON.test(text)) return true;
  const parsed = parseReply(text, probe.schema, layOutPrompt(probe, format).layout);
  // A blank in the right place is the model's own.
  return parsed.kind === 'parsed' || (parsed.reason === 'empty' && text.trim() !== '');
}

const BEGINS_AS_JSON = /^(?:\s*```(?:json)?)?\s*(?:\{|$)/;

/** Its tokens ran out before it had written a word. */
function isSpentOnThinking({ finish, text }: ChatReply): boolean {
  return finish === 'length' && (text ?? '').trim() === '';
}

/** Notes that a model thinks once a reply shows it. */
export function withThinking(dialect: Dialect, reply: ChatReply): Dialect {
  const thinks =
    reply.reasoning !== null ||
    (reply.counts?.reasoningTokens ?? 0) > 0 ||
    isSpentOnThinking(reply) ||
    /^\s*<(?:think|thinking|reasoning|thought)>/i.test(reply.text ?? '');
  return thinks && !dialect.thinks ? { ...dialect, thinks } : dialect;
}

/**
 * For a server that does not say what is wrong: begins with the plainest request there is and adds one thing after the
 * other, so that what it fails with and works without is found. What only failed in passing is asked for again that way.
 */
async function buildUp(
  { probe, first, send, note }: NegotiationParts,
  before: Dialect,
  room: number,
  fault: ChatFault,
): Promise<Dialect> {
  const plainest: Dialect = {
    ...before,
    format: 'markers',
    omitted: OPTIONAL_PARAMETERS.filter((name) => name !== 'stream'),
    system: 'user',
  };
  const { outcome } = await send(plainest, room);
  if (outcome.kind === 'fault') throw unusable(fault);
  let dialect = withThinking(plainest, outcome);
  const formats = SERVER_FORMATS.slice(SERVER_FORMATS.indexOf(first.format), -1);
  const additions: readonly Partial<Dialect>[][] = [
    [{ system: before.system }],
    formats.map((format) => ({ format })),
    [{ omitted: before.omitted }],
  ];
  for (const choices of additions) {
    for (const addition of choices) {
      const richer = { ...dialect, ...addition };
      const { outcome } = await send(richer, room);
      if (outcome.kind === 'fault' || !suits(outcome, probe, richer)) continue;
      dialect = richer;
      break;
    }
  }
  const missing = [
    ...(dialect.system === before.system ? [] : ['a system message']),
    ...(dialect.format === before.format ? [] : [before.format]),
    ...(dialect.omitted === before.omitted ? [] : ['sampling settings']),
  ];
  if (missing.length > 0) note(`it is asked without ${missing.join(' and ')}`, fault.detail);
  return dialect;
}

function unusable({ detail, cause }: ChatFault): ReflectionError {
  return new ReflectionError('teacher_unusable', `The teacher turns the simplest request away. ${detail}`, {
    remedy: `Check the model's name, and that ${named('baseUrl')} is that of a chat completion server.`,
    cause,
  });
}
