/** Numbers texts of which there are few, in the order in which they come. */
export class TextCodes {
  readonly #codes = new Map<string, number>();
  readonly #texts: string[] = [];

  code(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    this.#codes.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  /** @throws RangeError when there is no such code. */
  text(code: number): string {
    const text = this.#texts[code];
    if (text === undefined) throw new RangeError(`no text has the code ${code}`);
    return text;
  }
}
