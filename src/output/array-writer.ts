import type { LineWriter } from './line-writer.js';

/** Writes lines as the elements of a JSON array, each still on a line of its own. */
export class ArrayWriter {
  readonly #lines: LineWriter;
  /** Whether a comma has to follow it is known only when the next one comes. */
  #last: string | undefined;
  #isOpen = false;

  constructor(lines: LineWriter) {
    this.#lines = lines;
  }

  async append(line: string): Promise<void> {
    const last = this.#last;
    this.#last = line;
    if (last !== undefined) await this.#lines.append(`${last},`);
    else await this.#open();
  }

  /** Ends the array and closes the file whatever happens. */
  async close({ durably }: { durably: boolean }): Promise<void> {
    try {
      if (!this.#isOpen) await this.#open();
      if (this.#last !== undefined) await this.#lines.append(this.#last);
      await this.#lines.append(']');
    } finally {
      await this.#lines.close({ durably });
    }
  }

  async #open(): Promise<void> {
    this.#isOpen = true;
    await this.#lines.append('[');
  }
}
