import { type RowFault, rowFault } from '../domain/row-fault.js';
import { describeJson, isWellFormed, type JsonObject } from '../util/json-value.js';
import type { SampleContent } from './row.js';

/** What other datasets call our required fields, to be pointed at in the message. */
const SYNONYMS = {
  instruction: ['prompt', 'question', 'query', 'problem'],
  output: ['response', 'answer', 'completion', 'target', 'solution'],
} as const;
const CHAT_FIELDS = ['messages', 'conversations'];
const MAX_KEYS_LISTED = 10;

/** The sample an object describes, its texts untouched, or why it describes none. */
export function readSample(object: JsonObject): SampleContent | RowFault {
  const { instruction, output } = object;
  const input = object.input ?? '';
  if (instruction === undefined || output === undefined) return missingField(object);
  if (typeof instruction !== 'string') return wrongType('instruction', instruction);
  if (typeof input !== 'string') return wrongType('input', input);
  if (typeof output !== 'string') return wrongType('output', output);
  if (!isWellFormed(instruction)) return loneSurrogate('instruction');
  if (!isWellFormed(input)) return loneSurrogate('input');
  if (!isWellFormed(output)) return loneSurrogate('output');
  return { kind: 'sample', sample: { instruction, input, output } };
}

function missingField(object: JsonObject): RowFault {
  const keys = Object.keys(object);
  const missing = (['instruction', 'output'] as const).filter((name) => object[name] === undefined);
  const listed = keys.slice(0, MAX_KEYS_LISTED).map(quote).join(', ');
  const more = keys.length > MAX_KEYS_LISTED ? ` and ${keys.length - MAX_KEYS_LISTED} more` : '';
  const renames = missing.flatMap((name) => {
    const synonym = SYNONYMS[name].find((other) => keys.includes(other));
    return synonym === undefined ? [] : [`rename "${synonym}" to "${name}"`];
  });
  if (renames.length === 0) {
    const isChat = CHAT_FIELDS.some((name) => keys.includes(name));
    renames.push(isChat ? 'convert each chat turn to such a row' : 'add what is missing or remove the row');
  }
  return rowFault(
    'missing_field',
    `the row has no ${missing.map(quote).join(' and no ')}; its fields are ${listed === '' ? 'none' : listed + more}. ` +
      `A row needs "instruction" and "output": ${renames.join(' and ')}.`,
  );
}

function wrongType(name: string, value: unknown): RowFault {
  return rowFault('wrong_type', `"${name}" is ${describeJson(value)}. Make it a string or remove the row.`);
}

function loneSurrogate(name: string): RowFault {
  return rowFault(
    'lone_surrogate',
    `"${name}" holds half of a character (a lone \\ud800-\\udfff escape), which no tokenizer can read. ` +
      'Remove that escape or write the whole character.',
  );
}

function quote(key: string): string {
  return JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}...` : key);
}
