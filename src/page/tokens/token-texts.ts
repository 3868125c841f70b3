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
  const decoder = new TextDecoder();
  const texts = Array.from(tokens, (token) => decoder.decode(vocabulary.bytes(token), { stream: true }));
  // SentencePiece puts a blank before a text
  if (!answer.startsWith(' ') && texts[0]?.startsWith(' ')) texts[0] = texts[0].slice(1);
  const rest = decoder.decode();
  return rest === '' && answer.startsWith(texts.join('')) ? texts : undefined;
}
