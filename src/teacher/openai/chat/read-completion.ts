import { isJsonObject, type JsonObject, parseJsonIfValid } from '../../../util/json-value.js';
import type { Redact } from '../connection/secrets.js';
import { textOrNull } from './absent.js';
import { asSentence, faultOfWords, notAServer, withoutReply } from './chat-fault.js';
import type { ChatOutcome, ChatReply } from './chat-outcome.js';
import { errorWordsIn, htmlTitle } from './error-words.js';
import { END_OF_STREAM, eventData, isEventStream, withoutStreamEnd } from './event-stream.js';
import { readMessage } from './read-message.js';
import { readUsage } from './read-usage.js';

/** Reads a body that came with status 200, of whatever type it says it is: a completion, a stream of one, or neither. */
export function readCompletionBody(text: string, redact: Redact): ChatOutcome {
  const page = htmlTitle(text);
  if (page !== undefined) return fault(notAServer(`an HTML page, "${page}"`, redact));
  if (isEventStream(text)) return readStream(text, redact);
  const value = parseJsonIfValid(text) ?? parseJsonIfValid(withoutStreamEnd(text));
  if (value === undefined) {
    return fault(withoutReply('server', describe('The response is no JSON', text, redact)));
  }
  return readCompletion(value, redact);
}

/** Reads a completion as parsed, be it from a response or from a line of a batch's output. */
export function readCompletion(value: unknown, redact: Redact): ChatOutcome {
  // Some answers come in an array of one.
  const body = Array.isArray(value) && value.length === 1 ? value[0] : value;
  if (typeof body === 'string') return readCompletionBody(body, redact);
  if (!isJsonObject(body)) return noCompletion(value, redact);
  const failure = failureIn(body, redact);
  if (failure !== undefined) return failure;
  const [choice] = Array.isArray(body.choices) ? body.choices : [];
  if (!isJsonObject(choice)) return noCompletion(value, redact);
  return failureIn(choice, redact) ?? replyOf(body, choice, redact);
}

function replyOf(body: JsonObject, choice: JsonObject, redact: Redact): ChatOutcome {
  const message = choice.message ?? choice.delta ?? choice.text;
  if (message === undefined) return noCompletion(body, redact);
  const texts = readMessage(message);
  const finish = finishOf(choice.finish_reason);
  if (finish === 'error') {
    return fault(withoutReply('server', describe('The server broke the reply off', choice, redact)));
  }
  return {
    kind: 'reply',
    text: texts.text && redact(texts.text),
    reasoning: texts.reasoning && redact(texts.reasoning),
    refusal: textOrNull(texts.refusal && redact(texts.refusal)),
    finish,
    model: textOrNull(body.model),
    counts: readUsage(body.usage, texts.text !== null),
  };
}

/** Puts the pieces of a stream together to what would have come in one. */
function readStream(text: string, redact: Redact): ChatOutcome {
  let whole: JsonObject = {};
  let choice: JsonObject = {};
  const pieces: Record<'text' | 'reasoning' | 'refusal', string> = { text: '', reasoning: '', refusal: '' };
  let isEnded = false;
  for (const data of eventData(text)) {
    if (data.trim() === END_OF_STREAM) {
      isEnded = true;
      continue;
    }
    const event = parseJsonIfValid(data);
    if (!isJsonObject(event)) continue;
    const [piece] = Array.isArray(event.choices) ? event.choices : [];
    const failure = failureIn(event, redact) ?? (isJsonObject(piece) ? failureIn(piece, redact) : undefined);
    if (failure !== undefined) return failure;
    whole = { ...whole, model: whole.model ?? event.model, usage: event.usage ?? whole.usage };
    if (!isJsonObject(piece)) continue;
    const texts = readMessage(piece.delta ?? piece.message ?? piece.text);
    for (const kind of ['text', 'reasoning', 'refusal'] as const) pieces[kind] += texts[kind] ?? '';
    choice = { finish_reason: piece.finish_reason ?? choice.finish_reason };
  }
  if (!isEnded && finishOf(choice.finish_reason) === null) {
    return fault(withoutReply('connection', 'The stream broke off before the reply ended.'));
  }
  const message = { content: pieces.text, reasoning: pieces.reasoning, refusal: pieces.refusal };
  return replyOf(whole, { ...choice, message }, redact);
}

/** An error in the place of what was asked for. */
function failureIn(body: JsonObject, redact: Redact): ChatOutcome | undefined {
  const isError = isJsonObject(body.error) || textOrNull(body.error) !== null || body.object === 'error';
  if (!isError && body.status !== 'error' && !isFailure(body)) return undefined;
  return fault(faultOfWords(errorWordsIn(body), null, redact));
}

/** `{"detail": ...}` and the like, with status 200. */
function isFailure(body: JsonObject): boolean {
  return body.choices === undefined && body.message === undefined && body.detail !== undefined;
}

type Finish = ChatReply['finish'] | 'error';

const FINISHES: Readonly<Record<string, Finish>> = {
  length: 'length',
  max_tokens: 'length',
  max_output_tokens: 'length',
  content_filter: 'content_filter',
  safety: 'content_filter',
  error: 'error',
};

/** Any other word for the end is one. */
function finishOf(reason: unknown): Finish {
  const word = textOrNull(reason);
  return word === null ? null : (FINISHES[word.toLowerCase()] ?? 'stop');
}

/** Ollama's own protocol has the message itself where choices are expected. */
function noCompletion(value: unknown, redact: Redact): ChatOutcome {
  if (isJsonObject(value) && isJsonObject(value.message) && value.done !== undefined) {
    return fault(notAServer('Ollama’s own protocol; its address for ours ends in /v1', redact));
  }
  return fault(withoutReply('server', describe('The response is no chat completion', value, redact)));
}

const LONGEST_EXCERPT = 200;

function describe(problem: string, value: unknown, redact: Redact): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const excerpt = redact(text).trim().slice(0, LONGEST_EXCERPT);
  return excerpt === '' ? `${problem}: it is empty.` : asSentence(`${problem}, but begins: ${excerpt}`);
}

function fault(fault: Extract<ChatOutcome, { kind: 'fault' }>['fault']): ChatOutcome {
  return { kind: 'fault', fault };
}
