import { isJsonObject } from '../util/json-value.js';

/** Spells a value as Python's `repr` does, but for the choice of quotes: strings are in single ones. */
export function pythonSource(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return stringSource(value);
  if (Array.isArray(value)) return `[${value.map(pythonSource).join(', ')}]`;
  if (!isJsonObject(value)) return numberSource(value);
  const members = Object.entries(value).map(
    ([key, member]) => `${stringSource(key)}: ${pythonSource(member)}`,
  );
  return `{${members.join(', ')}}`;
}

function numberSource(value: unknown): string {
  return String(value).replace('NaN', 'nan').replace('Infinity', 'inf');
}

const ESCAPES: Readonly<Record<string, string>> = {
  "'": "\\'",
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function stringSource(text: string): string {
  const escaped = text.replace(/['\\]|\p{Cc}/gu, (character) => {
    return ESCAPES[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `'${escaped}'`;
}
