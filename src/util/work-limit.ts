/** How much of a stream may be under way at a time. One item always may. */
export interface WorkLimit<T> {
  readonly items: number;
  /** What an item weighs, and how much may be under way together before no other is begun. */
  readonly weight?: { readonly of: (item: T) => number; readonly most: number };
}

/** Keeps count of what is under way. */
export class WorkLoad<T> {
  readonly #limit: WorkLimit<T>;
  #items = 0;
  #weight = 0;

  constructor(limit: WorkLimit<T>) {
    this.#limit = limit;
  }

  get isFull(): boolean {
    const { items, weight } = this.#limit;
    return this.#items >= items || (weight !== undefined && this.#weight >= weight.most);
  }

  /** Takes an item up. Returns what puts it down again. */
  take(item: T): () => void {
    const weight = this.#limit.weight?.of(item) ?? 0;
    this.#items += 1;
    this.#weight += weight;
    return () => {
      this.#items -= 1;
      this.#weight -= weight;
    };
  }
}
