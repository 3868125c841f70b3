import type { Data } from 'apache-arrow';
import type { TextEdit } from '../written-row.js';

/** Gathers the edits of a batch by the column, or part of one, that holds the text. */
export class BatchEdits {
  readonly changes = new Map<Data, Map<number, Uint8Array>>();
  readonly #batch: Data;

  constructor(batch: Data) {
    this.#batch = batch;
  }

  /** @param place - The row's in the batch. */
  add(place: number, { path, value }: TextEdit): void {
    let data = this.#batch;
    let at = place;
    for (const step of path) {
      if (typeof step === 'number') {
        const offsets = data.valueOffsets as ArrayLike<number | bigint> | undefined;
        const start = offsets === undefined ? at * listSize(data) : Number(offsets[at]);
        data = data.children[0]!;
        at = start + step;
      } else {
        const names = (data.type.children ?? []) as { readonly name: string }[];
        data = data.children[names.findIndex(({ name }) => name === step)]!;
      }
      if (data === undefined) throw new Error(`there is no text at ${path.join('.')}`);
    }
    const own = this.changes.get(data) ?? new Map<number, Uint8Array>();
    own.set(at, Buffer.from(value));
    this.changes.set(data, own);
  }
}

function listSize({ type }: Data): number {
  return (type as { readonly listSize?: number }).listSize ?? 0;
}
