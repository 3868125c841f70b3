/** A list of numbers that grows, outside of the JavaScript heap: 8 to 16 bytes each. */
export class NumberList {
  #values = new Float64Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const values = new Float64Array(this.#length * 2);
      values.set(this.#values);
      this.#values = values;
    }
    this.#values[this.#length++] = value;
  }

  /** @throws RangeError when there is no such place. */
  at(index: number): number {
    const value = index < this.#length ? this.#values[index] : undefined;
    if (value === undefined) throw new RangeError(`no number ${index} in a list of ${this.#length}`);
    return value;
  }

  /** A view of all numbers, good until the next push. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}
