import { hash } from 'node:crypto';
import type { SpanRequest } from '../engine/scorer.js';

/** Equal for spans that are scored alike: those of the same tokens, begin and end. */
export function spanKey({ tokens, begin, end }: SpanRequest): string {
  const bytes = Buffer.from(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  return `${begin} ${end} ${hash('sha256', bytes, 'base64')}`;
}

/** The requests of one job, each different span once: an instruction by itself is a span of r-IFD whatever the answer. */
export class SpanRequests {
  readonly list: SpanRequest[] = [];
  readonly #places = new Map<string, number>();

  /** Returns where in the list the span's request is, and whether it was there before. */
  add({ tokens, begin, end }: SpanRequest): { readonly place: number; readonly isRepeated: boolean } {
    const key = spanKey({ tokens, begin, end });
    const known = this.#places.get(key);
    if (known !== undefined) return { place: known, isRepeated: true };
    const place = this.list.push({ tokens, begin, end }) - 1;
    this.#places.set(key, place);
    return { place, isRepeated: false };
  }
}
