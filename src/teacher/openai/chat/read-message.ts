import { isJsonObject } from '../../../util/json-value.js';
import { textOrNull } from './absent.js';

/** The parts of a message, or of a piece of one. Null where there is nothing. */
export interface MessageTexts {
  readonly text: string | null;
  readonly reasoning: string | null;
  readonly refusal: string | null;
}

/** Content is a text, or an array of parts of several kinds: thinking, text, refusals. */
export function readMessage(message: unknown): MessageTexts {
  if (!isJsonObject(message)) return { text: textOrNull(message), reasoning: null, refusal: null };
  const parts: Record<keyof MessageTexts, string[]> = { text: [], reasoning: [], refusal: [] };
  sortContent(message.content, parts, 'text');
  const reasoning = message.reasoning_content ?? message.reasoning ?? message.thinking;
  sortContent(reasoning, parts, 'reasoning');
  sortContent(message.refusal, parts, 'refusal');
  return { text: joined(parts.text), reasoning: joined(parts.reasoning), refusal: joined(parts.refusal) };
}

/** Kinds of parts that are no text of the reply. */
const KINDS: Readonly<Record<string, keyof MessageTexts>> = {
  thinking: 'reasoning',
  reasoning: 'reasoning',
  reasoning_text: 'reasoning',
  redacted_thinking: 'reasoning',
  refusal: 'refusal',
};

function sortContent(
  content: unknown,
  parts: Record<keyof MessageTexts, string[]>,
  kind: keyof MessageTexts,
): void {
  if (typeof content === 'string') parts[kind].push(content);
  else if (Array.isArray(content)) for (const part of content) sortContent(part, parts, kind);
  else if (isJsonObject(content)) {
    const own = KINDS[String(content.type)] ?? kind;
    sortContent(content.text ?? content[String(content.type)] ?? content.content, parts, own);
  }
}

function joined(texts: readonly string[]): string | null {
  const whole = texts.join('');
  return whole === '' ? null : whole;
}
