import type { Piece } from '../prompt/rendered-chat.js';
import type { TaskText } from './task.js';

/** The tokens of pieces, each different one tokenized once. */
export class PieceTokens {
  readonly #known = new Map<string, Int32Array>();

  /** Those of the pieces whose tokens are not known yet, each once. */
  missing(pieces: readonly Piece[]): readonly Piece[] {
    const missing = new Map<string, Piece>();
    for (const piece of pieces) if (!this.#known.has(keyOf(piece))) missing.set(keyOf(piece), piece);
    return [...missing.values()];
  }

  learn(pieces: readonly Piece[], ids: readonly Int32Array[]): void {
    for (const [i, piece] of pieces.entries()) this.#known.set(keyOf(piece), ids[i]!);
  }

  /** Those of all the pieces, one after the other; they have to be known. */
  of(pieces: readonly Piece[]): Int32Array {
    const lists = pieces.map((piece) => this.#known.get(keyOf(piece))!);
    const tokens = new Int32Array(lists.reduce((length, list) => length + list.length, 0));
    let at = 0;
    for (const list of lists) {
      tokens.set(list, at);
      at += list.length;
    }
    return tokens;
  }
}

/** Control tokens are read in what a template writes, nowhere else. */
export function pieceText({ text, isTemplate }: Piece): TaskText {
  return { text, options: { addSpecial: false, parseSpecial: isTemplate } };
}

function keyOf({ text, isTemplate }: Piece): string {
  return `${isTemplate ? 'T' : 't'}${text}`;
}
