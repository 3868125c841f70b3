import { array, f32, type GgufMetadata, string } from '../gguf/gguf-value.js';
import { englishPieces } from './english-pieces.js';
import { mergesFor } from './merges.js';
import { padTokens, type SpecialTokens, type Token, vocabularyMetadata } from './vocabulary.js';

/** Stands for a space inside a piece. */
const SPACE = '\u2581';

const LETTERS = 'etaoinshrdlcumwfgypbvkjxqzETAOINSHRDLCUMWFGYPBVKJXQZ0123456789.,!?:;\'"-()';

export interface SentencePieceOptions {
  /** Tokens in all; at least 400. */
  readonly size: number;
  /** Texts of the tokens before the bytes, in id order; the one named as `unknown` gets that type. */
  readonly controls: readonly string[];
  readonly specials: SpecialTokens;
}

/** Metadata of a SentencePiece tokenizer (Llama 2's kind): controls, the 256 bytes as `<0xNN>`, scored pieces. */
export function sentencePieceVocabulary({ size, controls, specials }: SentencePieceOptions): GgufMetadata {
  const letters = [SPACE, ...LETTERS];
  const room = size - controls.length - 256 - letters.length;
  const merges = mergesFor(
    englishPieces().map((piece) => piece.replaceAll(' ', SPACE)),
    room,
  );
  const pieces = new Set([...merges.map(({ left, right }) => left + right), ...letters]);
  const unscored = [
    ...controls.map((text): Token => ({ text, type: text === specials.unknown ? 'unknown' : 'control' })),
    ...Array.from({ length: 256 }, (_, byte): Token => ({ text: byteText(byte), type: 'byte' })),
  ];
  const scored = Array.from(pieces, (text): Token => ({ text, type: 'normal' }));
  const tokens = padTokens([...unscored, ...scored], size);
  return [
    ['tokenizer.ggml.model', string('llama')],
    ['tokenizer.ggml.pre', string('default')],
    // The highest score merges first, so scores fall with the rank of the piece.
    ['tokenizer.ggml.scores', array(tokens.map((_, id) => f32(Math.min(0, unscored.length - id))))],
    ...vocabularyMetadata(tokens, specials),
  ];
}

function byteText(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
