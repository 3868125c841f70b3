import type { Spelling } from './chat-messages.js';

/** A text of a row that a mark stands for. */
export interface Slot {
  readonly text: string;
  /** A template that leaves the text out alters the conversation. */
  readonly isRequired: boolean;
}

/** The two characters that a mark begins and ends with. */
export interface MarkCharacters {
  readonly open: string;
  readonly close: string;
}

const FIRST_PRIVATE = 0xe000;
const LAST_PRIVATE = 0xf8ff;

/**
 * Two characters for private use that none of the texts holds, so that none can forge a mark; undefined when the texts
 * use them all up.
 */
export function unusedCharacters(texts: readonly string[]): MarkCharacters | undefined {
  const unused: string[] = [];
  for (let code = FIRST_PRIVATE; code <= LAST_PRIVATE && unused.length < 2; code++) {
    const character = String.fromCharCode(code);
    if (!texts.some((text) => text.includes(character))) unused.push(character);
  }
  const [open, close] = unused;
  return open === undefined || close === undefined ? undefined : { open, close };
}

/** Characters that no control token is spelled without: details of none of these stand for themselves. */
const CONTROL_CHARACTERS = /[^\w\s.,:;!?'"()/@#$%&*+=^~`\\-]/;

/**
 * Puts a mark in the place of every text of a row, numbered in the order in which it is asked, so that what a template
 * makes of the marks shows where the texts go. A detail that can spell no control token stands for itself, for templates
 * look at names and measure ids.
 */
export class Marks implements Spelling {
  readonly #characters: MarkCharacters;
  readonly #keptTags: RegExp | undefined;
  /** By the number in the mark: upwards from 0 along the turns, downwards from -1 along the tools. */
  readonly slots = new Map<number, Slot>();
  #turnSlots = 0;
  #toolSlots = 0;

  /** @param keptTags - Tags that templates look for; within what is said they stand for themselves. */
  constructor(characters: MarkCharacters, keptTags: readonly string[]) {
    this.#characters = characters;
    if (keptTags.length > 0) this.#keptTags = new RegExp(`(${keptTags.map(escapeRegExp).join('|')})`);
  }

  said(text: string): string {
    if (this.#keptTags === undefined) return this.#mark(text, true);
    const pieces = text.split(this.#keptTags);
    return pieces
      .map((piece, i) => {
        const isTag = i % 2 === 1;
        // what is thought comes before the tag that ends it, and may be left out
        return isTag ? piece : this.#mark(piece, i === pieces.length - 1);
      })
      .join('');
  }

  thought(text: string): string {
    return this.#mark(text, false);
  }

  detail(text: string): string {
    return CONTROL_CHARACTERS.test(text) ? this.#mark(text, false) : text;
  }

  toolDetail(text: string): string {
    return CONTROL_CHARACTERS.test(text) ? this.#set(--this.#toolSlots, text, false) : text;
  }

  /** An empty text stands for itself: templates ask whether there is one. */
  #mark(text: string, isRequired: boolean): string {
    return text === '' ? '' : this.#set(this.#turnSlots++, text, isRequired);
  }

  #set(number: number, text: string, isRequired: boolean): string {
    this.slots.set(number, { text, isRequired });
    return markOf(number, this.#characters);
  }
}

export function markOf(number: number, { open, close }: MarkCharacters): string {
  return `${open}${number}${close}`;
}

/** Collects the texts that would be marked. */
export class TextCollector implements Spelling {
  readonly texts: string[] = [];
  readonly said = (text: string) => this.#collect(text);
  readonly thought = (text: string) => this.#collect(text);
  readonly detail = (text: string) => this.#collect(text);
  readonly toolDetail = (text: string) => this.#collect(text);

  #collect(text: string): string {
    this.texts.push(text);
    return text;
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
