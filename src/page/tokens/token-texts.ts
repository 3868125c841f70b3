import type { Vocabulary } from '../../gguf/vocabulary.js';

/**
 * The texts that the tokens of an answer stand for, which together are the answer, or its beginning where it was cut. A
 * character that takes several tokens is the text of its last one. Undefined where tokens and answer do not agree, as
 * with a tokenizer that rewrites its text.
 */
export function tokenTexts(
  vocabulary: Vocabulary,
  tokens: Int32Array,
  answer: string,
): readonly string[] | undefined {
  // a mark at the beginning is a character like any other
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const texts = Array.from(tokens, (token) => decoder.decode(vocabulary.bytes(token), { stream: true }));
  if (decoder.decode() !== '') return undefined;
  const whole = texts.join('');
  if (answer.startsWith(whole)) return texts;
  // SentencePiece puts a blank before a text
  const isShifted = whole.startsWith(' ') && answer.startsWith(whole.slice(1));
  return isShifted ? [texts[0]!.slice(1), ...texts.slice(1)] : undefined;
}
