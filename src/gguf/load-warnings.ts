import { basename } from 'node:path';
import { trimCharacters } from '../util/trim-characters.js';

/** What llama.cpp warns of at load that changes no number: how a file is read, and of what it holds too much. */
const HARMLESS = ['mmap', 'unused tensor', 'tensor overrides', 'full-size SWA cache', 'will not be utilized'];
/** Shouted below another warning. */
const BANNER = ['GENERATION QUALITY WILL BE DEGRADED', 'CONSIDER REGENERATING THE MODEL'];
/** Some read better in words of our own: what llama.cpp means, what follows from it, what to do. */
const EXPLAINED = [
  [
    'missing pre-tokenizer type',
    'the file does not name its pre-tokenizer (tokenizer.ggml.pre), so llama.cpp splits text in its default way: ' +
      'tokens, and with them scores and replies, may be other than those of the model. Convert the model again with a ' +
      'current converter, or get a newer file of it.',
  ],
] as const;
/** Of warnings that differ in a token only, as of each control token that is not marked as one. */
const ALIKE = ['control-looking token', 'empty token at index'];

const AROUND = new Set([' ', '\t', '\n', '\r', '*']);
const LONGEST_PREFIX = 60;

/**
 * What a user should know of the lines that llama.cpp logged as warnings while it loaded a model: a sentence each,
 * without the names of its functions, its ornaments, what it says twice and what changes nothing.
 */
export function loadWarnings(lines: readonly string[]): readonly string[] {
  const told = new Map<string, { text: string; count: number }>();
  for (const line of lines) {
    const text = trimCharacters(withoutFunction(line), AROUND);
    if (text === '' || [...HARMLESS, ...BANNER].some((words) => text.includes(words))) continue;
    const key = ALIKE.find((words) => text.includes(words)) ?? text;
    const known = told.get(key) ?? { text: explained(text), count: 0 };
    told.set(key, { ...known, count: known.count + (key === text ? 0 : 1) });
  }
  return [...told.values()].map(({ text, count }) =>
    count > 1 ? `${text} (and ${count - 1} more of this kind)` : text,
  );
}

/** Warnings about a model for where others are told of, too, e.g. `student model.gguf: ...`. */
export function warningsAbout(
  role: 'student' | 'teacher',
  path: string,
  warnings: readonly string[],
): readonly string[] {
  return warnings.map((warning) => `${role} ${basename(path)}: ${warning}`);
}

/** llama.cpp begins a line with the name of the function that writes it. */
function withoutFunction(line: string): string {
  const colon = line.slice(0, LONGEST_PREFIX).indexOf(': ');
  return colon > 0 && !line.slice(0, colon).includes(' ') ? line.slice(colon + 2) : line;
}

function explained(text: string): string {
  return EXPLAINED.find(([words]) => text.includes(words))?.[1] ?? text;
}
