import type { ShownText } from './shown-row.js';

/** Longer texts are cut: a page holds thousands of them. */
const MOST_CHARACTERS = 6000;

/** A text as the page shows it. */
export function shownText(text: string, most = MOST_CHARACTERS): ShownText {
  if (text.length <= most) return text;
  // not half of a character
  const end = /[\ud800-\udbff]/.test(text[most - 1]!) ? most - 1 : most;
  // a slice would keep the whole text in memory
  return { head: Buffer.from(text.slice(0, end)).toString(), length: text.length };
}

/** The characters that a shown text takes. */
export function sizeOf(text: ShownText): number {
  return typeof text === 'string' ? text.length : text.head.length;
}
