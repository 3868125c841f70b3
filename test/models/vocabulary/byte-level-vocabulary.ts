import { array, type GgufMetadata, string } from '../gguf/gguf-value.js';
import { englishPieces } from './english-pieces.js';
import { mergesFor } from './merges.js';
import { padTokens, type SpecialTokens, type Token, vocabularyMetadata } from './vocabulary.js';

export interface ByteLevelOptions {
  /** llama.cpp's name of the regular expression that splits the text first. */
  readonly pre: 'gpt-2' | 'qwen2';
  /** Tokens in all. What bytes, merges and controls leave over is filled with unused tokens. */
  readonly size: number;
  /** Texts of the control tokens, which get the last ids. */
  readonly controls: readonly string[];
  readonly specials: SpecialTokens;
  /** Texts of ordinary tokens that no merge makes. Default: none. */
  readonly unreachable?: readonly string[];
}

/**
 * Metadata of a byte-level BPE tokenizer (GPT-2's kind): the 256 bytes, English merges, filler, control tokens.
 * The full set of merges makes some 20,000 tokens; English text then has 3 to 4 characters per token.
 */
export function byteLevelVocabulary(options: ByteLevelOptions): GgufMetadata {
  const { pre, size, controls, specials, unreachable = [] } = options;
  const alphabet = byteAlphabet();
  const encoded = (piece: string) => Array.from(Buffer.from(piece), (byte) => alphabet[byte]).join('');
  const merges = mergesFor(
    englishPieces().map(encoded),
    size - alphabet.length - unreachable.length - controls.length,
  );
  // Byte 33 has id 0: ids follow the alphabet's characters, printable bytes first.
  const texts = new Set([...alphabet].sort());
  for (const { left, right } of merges) texts.add(left + right);
  for (const text of unreachable) texts.add(text);
  const ordinary = Array.from(texts, (text): Token => ({ text, type: 'normal' }));
  const tokens = [
    ...padTokens(ordinary, size - controls.length),
    ...controls.map((text): Token => ({ text, type: 'control' })),
  ];
  return [
    ['tokenizer.ggml.model', string('gpt2')],
    ['tokenizer.ggml.pre', string(pre)],
    ['tokenizer.ggml.merges', array(merges.map(({ left, right }) => string(`${left} ${right}`)))],
    ...vocabularyMetadata(tokens, specials),
  ];
}

/** GPT-2's character for each byte: printable Latin-1 stands for itself, the rest is moved up from U+0100 on. */
export function byteAlphabet(): readonly string[] {
  let moved = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCodePoint(printable ? byte : moved++);
  });
}
