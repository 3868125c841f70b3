import { describeJson, isJsonObject } from '../util/json-value.js';
import { refuseRow } from './row-problem.js';
import type { ValuePath } from './text-place.js';

export interface MessageText {
  readonly text: string;
  /** Where its pieces stand within the content; one empty path when the content is the text. */
  readonly paths: readonly ValuePath[];
}

const TEXT_PARTS = ['text', 'input_text', 'output_text'];

/** What a message says: its content as it stands, or the text parts of it, joined. Null says nothing. */
export function readContent(content: unknown, where: string): MessageText {
  if (content === undefined || content === null) return { text: '', paths: [[]] };
  if (typeof content === 'string') return { text: content, paths: [[]] };
  if (!Array.isArray(content)) {
    return refuseRow(
      'wrong_type',
      `${where} has a content that is ${describeJson(content)}. Make it a string.`,
    );
  }
  const parts = content.map((part, i) => readPart(part, i, where));
  return {
    text: parts.map(({ text }) => text).join(''),
    paths: parts.length === 0 ? [[]] : parts.map(({ path }) => path),
  };
}

function readPart(part: unknown, index: number, where: string): { text: string; path: ValuePath } {
  if (typeof part === 'string') return { text: part, path: [index] };
  if (isJsonObject(part)) {
    const { type, text } = part;
    const isText = type === undefined || TEXT_PARTS.includes(type as string);
    if (isText && typeof text === 'string') return { text, path: [index, 'text'] };
    if (typeof type === 'string' && !isText) {
      return refuseRow(
        'not_text',
        `${where} has a part of type ${JSON.stringify(type.slice(0, 40))}; only texts can be scored. Remove the part or the row.`,
      );
    }
  }
  return refuseRow(
    'malformed_messages',
    `${where} has a part that is ${isJsonObject(part) ? 'an object without a text' : describeJson(part)}. Mend or remove it.`,
  );
}
