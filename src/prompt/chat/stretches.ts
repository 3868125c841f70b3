import type { Piece } from '../rendered-chat.js';
import type { MarkedChat } from './marked-chat.js';
import { markOf } from './marks.js';

/** A rendering by who wrote what, and how positions in the rendering of its marks translate to it. */
export interface Stretches {
  readonly text: string;
  /** The template's and the row's in turn, joined they are the text. */
  readonly pieces: readonly Piece[];
  /** The position in the text that a position in the marked rendering, not within a mark, is. */
  toText(marked: number): number;
}

export function stretchesOf({ parts, texts, style }: MarkedChat): Stretches {
  const pieces: Piece[] = [];
  /** Where each piece begins in the marked rendering and in the text, and in both the end. */
  const starts: { readonly marked: number; readonly text: number }[] = [];
  let marked = 0;
  let text = 0;
  const add = (piece: Piece, markedLength: number) => {
    pieces.push(piece);
    starts.push({ marked, text });
    marked += markedLength;
    text += piece.text.length;
  };
  for (const [i, fixed] of parts.fixed.entries()) {
    add({ text: fixed, isTemplate: true }, fixed.length);
    const slot = parts.slots[i];
    if (slot !== undefined)
      add({ text: texts[i]!, isTemplate: false }, markOf(slot, style.characters).length);
  }
  starts.push({ marked, text });
  return {
    text: pieces.map((piece) => piece.text).join(''),
    pieces,
    toText(position) {
      const at = starts.findLast((start) => start.marked <= position)!;
      return at.text + (position - at.marked);
    },
  };
}

/** The pieces of a rendering cut at positions of its text as well, without empty ones. */
export function cutPieces({ text, pieces }: Stretches, cuts: readonly number[]) {
  const boundaries = new Set([0, ...cuts, text.length]);
  const cut: Piece[] = [];
  /** How many pieces end at or before a boundary. */
  const counts = new Map<number, number>([[0, 0]]);
  const sorted = [...boundaries].sort((a, b) => a - b);
  let at = 0;
  let next = 1;
  for (const { text: whole, isTemplate } of pieces) {
    let from = 0;
    while (next < sorted.length && sorted[next]! < at + whole.length) {
      const to = sorted[next]! - at;
      if (to > from) cut.push({ text: whole.slice(from, to), isTemplate });
      counts.set(sorted[next]!, cut.length);
      from = to;
      next++;
    }
    if (from < whole.length) cut.push({ text: whole.slice(from), isTemplate });
    at += whole.length;
    if (sorted[next] === at) counts.set(sorted[next++]!, cut.length);
  }
  return { pieces: cut, indexOf: (position: number) => counts.get(position)! };
}
