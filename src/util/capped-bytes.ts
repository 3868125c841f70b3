/** How much of an oversized run of bytes is kept, to recognise it by. */
const EXCERPT_BYTES = 1024;

/** The bytes collected, or only their beginning when there were more than the cap. */
export interface CollectedBytes {
  readonly bytes: Buffer;
  readonly overflowed: boolean;
}

/** Joins bytes that arrive in pieces, holding no more than a fixed number of them. */
export class CappedBytes {
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes added since the last {@link take}, those beyond the cap included. */
  get size(): number {
    return this.#size;
  }

  /** Adds a view of `bytes`, which must not change until taken. */
  add(bytes: Buffer): void {
    const hadOverflowed = this.#size > this.#maxBytes;
    this.#size += bytes.length;
    if (hadOverflowed) return;
    this.#parts.push(bytes);
    if (this.#size > this.#maxBytes) {
      this.#parts = [Buffer.concat(this.#parts, Math.min(this.#maxBytes, EXCERPT_BYTES))];
    }
  }

  /** Everything added followed by `last`; the collection is empty afterwards. */
  take(last: Buffer): CollectedBytes {
    if (this.#size === 0 && last.length <= this.#maxBytes) return { bytes: last, overflowed: false };
    this.add(last);
    const collected = { bytes: Buffer.concat(this.#parts), overflowed: this.#size > this.#maxBytes };
    this.#parts = [];
    this.#size = 0;
    return collected;
  }
}
