import { isJsonObject, type JsonObject, parseJsonIfValid } from '../../../util/json-value.js';
import { textOrNull } from './absent.js';

/** What an error's body says, whatever its shape. */
export interface ErrorWords {
  /** For people; empty when the body says nothing. */
  readonly message: string;
  /** Codes and types for programs, in the server's own spelling, a space between them. */
  readonly codes: string;
  /** The HTTP status that the body itself names, where it names one. */
  readonly status: number | null;
}

/** Bodies quote the bodies of servers behind them, but not for ever. */
const DEEPEST = 6;
const LONGEST = 2000;

/**
 * Reads an error's body: OpenAI's `{"error": {"message", "code"}}`, the same in an array (Gemini), flat (vLLM), a string
 * in place of the object (LM Studio, Hugging Face), FastAPI's `detail`, JSON quoted in a message, HTML, or plain text.
 */
export function readErrorWords(text: string): ErrorWords {
  const value = parseJsonIfValid(text);
  if (value === undefined) return { ...NOTHING, message: plainText(text) };
  const words = wordsOf(value, 0);
  const isSpoken = words.message !== '' || words.codes !== '';
  return isSpoken ? words : { ...words, message: isEmpty(value) ? '' : text.slice(0, LONGEST) };
}

/** What an error says that stands within a body of status 200: in a choice, or in place of all choices. */
export function errorWordsIn(value: unknown): ErrorWords {
  return wordsOf(value, 0);
}

const NOTHING: ErrorWords = { message: '', codes: '', status: null };

function wordsOf(value: unknown, depth: number): ErrorWords {
  if (depth > DEEPEST) return NOTHING;
  if (typeof value === 'string') return wordsOfText(value, depth);
  if (Array.isArray(value)) return join(value.slice(0, 5).map((item) => wordsOf(item, depth + 1)));
  if (!isJsonObject(value)) return NOTHING;
  const { error, errors, detail, message, metadata } = value;
  const quoted = [
    isJsonObject(message) ? message : undefined,
    isJsonObject(metadata) ? metadata.raw : undefined,
  ];
  const inner = [error, errors, ...quoted]
    .filter((part) => part !== undefined && part !== null)
    .map((part) => wordsOf(part, depth + 1));
  const own = { ...NOTHING, ...ownWords(value, depth), status: statusOf(value) };
  return join([own, detailWords(detail, depth), ...inner]);
}

/** A message may be the body of a server further behind. */
function wordsOfText(text: string, depth: number): ErrorWords {
  const quoted = /^\s*[[{]/.test(text) ? parseJsonIfValid(text) : undefined;
  const words = quoted === undefined ? NOTHING : wordsOf(quoted, depth + 1);
  return words.message === '' ? { ...NOTHING, message: plainText(text) } : words;
}

const MESSAGE_NAMES = ['message', 'msg', 'error_msg', 'error_message', 'error_description', 'title'];
const CODE_NAMES = ['code', 'type', 'status', 'error_code', 'reason'];

function ownWords(body: JsonObject, depth: number): Pick<ErrorWords, 'message' | 'codes'> {
  const message = MESSAGE_NAMES.map((name) => body[name]).find((text) => textOrNull(text) !== null);
  const words = message === undefined ? NOTHING : wordsOfText(message as string, depth);
  const codes = CODE_NAMES.map((name) => body[name]).filter(
    (code) => typeof code === 'string' || typeof code === 'number',
  );
  return { message: words.message, codes: [...codes, words.codes].join(' ').trim().slice(0, LONGEST) };
}

function statusOf({ code, status, status_code }: JsonObject): number | null {
  return [code, status, status_code].map(Number).find((number) => number >= 400 && number <= 599) ?? null;
}

/** FastAPI lists what is wrong with each member of a request. */
function detailWords(detail: unknown, depth: number): ErrorWords {
  if (!Array.isArray(detail)) return wordsOf(detail, depth + 1);
  const items = detail.slice(0, 5).map((item) => {
    if (!isJsonObject(item)) return wordsOf(item, depth + 1).message;
    const where = Array.isArray(item.loc) ? `${item.loc.join('.')}: ` : '';
    return `${where}${textOrNull(item.msg) ?? wordsOf(item, depth + 1).message}`;
  });
  return { ...NOTHING, message: items.join('; ') };
}

function join(all: readonly ErrorWords[]): ErrorWords {
  const different = (texts: readonly string[]) => [...new Set(texts.filter((text) => text !== ''))];
  const messages = different(all.map(({ message }) => message));
  // One that quotes another says it all.
  const telling = messages.filter(
    (text) => !messages.some((other) => other !== text && other.includes(text)),
  );
  return {
    message: telling.join(' ').slice(0, LONGEST),
    codes: different(all.flatMap(({ codes }) => codes.split(' ')))
      .join(' ')
      .slice(0, LONGEST),
    status: all.find(({ status }) => status !== null)?.status ?? null,
  };
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && (value === null || Object.keys(value).length === 0);
}

/** Text as it is, a page by its title. */
function plainText(text: string): string {
  const page = htmlTitle(text);
  return page === undefined ? text.trim().slice(0, LONGEST) : `an HTML page, "${page}"`;
}

/** The title of an HTML page, empty when it has none; undefined for what is no page. */
export function htmlTitle(text: string): string | undefined {
  if (!/^\s*<(?:!doctype|html|head|body|\?xml)/i.test(text)) return undefined;
  const begin = /<title[^>]{0,100}>/i.exec(text);
  if (begin === null) return '';
  const title = text.slice(begin.index + begin[0].length, begin.index + begin[0].length + 200);
  return title.split('<', 1)[0]!.replace(/\s+/g, ' ').trim();
}
