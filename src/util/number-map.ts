const FREE = -1;

/**
 * A map from non-negative integers below 2^53, spread evenly (hashes), to numbers. Takes 22 to 43 bytes an
 * entry, outside of the JavaScript heap, and has no limit of 16.7 million entries as Map has.
 */
export class NumberMap {
  #keys = new Float64Array(1024).fill(FREE);
  #values = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(key: number): number | undefined {
    const slot = this.#slotOf(key);
    return this.#keys[slot] === FREE ? undefined : this.#values[slot];
  }

  set(key: number, value: number): void {
    const slot = this.#slotOf(key);
    if (this.#keys[slot] === FREE) this.#size++;
    this.#keys[slot] = key;
    this.#values[slot] = value;
    if (this.#size * 4 > this.#keys.length * 3) this.#grow();
  }

  /** Where `key` is, or where it belongs: linear probing, which ends because a quarter of the slots is free. */
  #slotOf(key: number): number {
    const keys = this.#keys;
    let slot = key % keys.length;
    while (keys[slot] !== FREE && keys[slot] !== key) slot = (slot + 1) % keys.length;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const values = this.#values;
    this.#keys = new Float64Array(keys.length * 2).fill(FREE);
    this.#values = new Float64Array(keys.length * 2);
    for (let slot = 0; slot < keys.length; slot++) {
      const key = keys[slot]!;
      if (key === FREE) continue;
      const moved = this.#slotOf(key);
      this.#keys[moved] = key;
      this.#values[moved] = values[slot]!;
    }
  }
}
