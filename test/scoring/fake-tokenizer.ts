import type { TokenizeOptions } from '../../src/engine/scorer.js';

export const BOS = 1;
export const CONTROL = 2;
export const CONTROL_TEXT = '</s>';

/**
 * A tokenizer small enough to foresee: one token a character, but a doubled character and ":)" are one, so that where
 * a text is cut changes its tokens. `</s>` is a control token when asked for, as is the BOS.
 */
export function fakeTokenizer(hasBos: boolean) {
  return (text: string, { addSpecial = false, parseSpecial = false }: TokenizeOptions = {}): Int32Array => {
    const pieces = text.match(parseSpecial ? /<\/s>|(.)\1|:\)|./gsu : /(.)\1|:\)|./gsu) ?? [];
    const ids = pieces.map((piece) => (parseSpecial && piece === CONTROL_TEXT ? CONTROL : idOf(piece)));
    return Int32Array.from(addSpecial && hasBos ? [BOS, ...ids] : ids);
  };
}

function idOf(piece: string): number {
  const [first, second] = [...piece].map((character) => character.codePointAt(0)!);
  return second === undefined ? first! : 200_000 + first!;
}
