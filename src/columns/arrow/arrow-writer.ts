import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Data, RecordBatch, Schema } from 'apache-arrow';
import type { Field } from '../field-type.js';
import { type AddedNames, type KeptColumns, keptColumns, ORIGINAL_FIELDS } from '../kept-columns.js';
import type { ColumnsOutput, PlacedRow } from '../written-rows.js';
import { addedData, arrowField } from './added-vectors.js';
import { openArrow } from './arrow-batches.js';
import { takeRows } from './take-rows.js';
import { BatchEdits } from './text-changes.js';

type Arrow = typeof import('apache-arrow');

export interface ArrowOutputOptions extends ColumnsOutput {
  /** The columns that are added behind those of the sources. */
  readonly fields: readonly Field[];
  readonly names: Omit<AddedNames, 'names'>;
}

/** Rows of a batch where there is no source. */
const BATCH_ROWS = 1000;
const CHUNK_BYTES = 2 ** 20;
const CONTINUATION_AND_LENGTH = 8;
/** Marks the end of a stream. */
const END = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/**
 * Writes rows of streams of Arrow's with columns added, as one stream, a batch for each of the sources'. Columns of a batch
 * all of whose rows are kept as they are stay what they are; of others the stored values are taken.
 * @throws {ColumnsError} when a source cannot be read; errors of the system.
 */
export async function writeArrow(to: string, options: ArrowOutputOptions): Promise<void> {
  const target = await open(to, 'w');
  try {
    await new ArrowOutput(await import('apache-arrow'), target, options).write();
    await target.sync();
  } finally {
    await target.close();
  }
}

class ArrowOutput {
  readonly #arrow: Arrow;
  readonly #target: FileHandle;
  readonly #options: ArrowOutputOptions;
  #hasSchema = false;

  constructor(arrow: Arrow, target: FileHandle, options: ArrowOutputOptions) {
    this.#arrow = arrow;
    this.#target = target;
    this.#options = options;
  }

  async write(): Promise<void> {
    const { rows, sources } = this.#options;
    for (const path of sources) {
      if (rows.isDone && this.#hasSchema) break;
      const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
      try {
        const { schema, batches } = await openArrow(stream as AsyncIterable<Buffer>);
        await this.#writeSource(schema, batches);
      } finally {
        stream.destroy();
      }
    }
    if (sources.length === 0) await this.#writeUnsourced();
    await this.#target.appendFile(END);
  }

  async #writeSource(schema: Schema, batches: AsyncIterable<RecordBatch>): Promise<void> {
    const names = { ...this.#options.names, names: this.#options.fields.map(({ name }) => name) };
    const choice = keptColumns(
      schema.fields.map(({ name }) => name),
      names,
    );
    const columns = new OutputColumns(this.#arrow, schema, choice, this.#options.fields);
    if (!this.#hasSchema) await this.#append(columns.spellSchema());
    for await (const batch of batches) {
      const rows = await collected(this.#options.rows.take(batch.numRows));
      if (rows.length > 0) await this.#append(columns.spellBatch(batch, rows));
      if (this.#options.rows.isDone) break;
    }
  }

  async #writeUnsourced(): Promise<void> {
    const { Schema: SchemaOf } = this.#arrow;
    const choice = { kept: [], displaced: [] };
    const columns = new OutputColumns(this.#arrow, new SchemaOf([]), choice, this.#options.fields);
    await this.#append(columns.spellSchema());
    const { rows } = this.#options;
    for (
      let batch = await rows.takeNext(BATCH_ROWS);
      batch.length > 0;
      batch = await rows.takeNext(BATCH_ROWS)
    ) {
      await this.#append(
        columns.spellBatch(
          undefined,
          batch.map((row, place) => ({ row, place })),
        ),
      );
    }
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#hasSchema = true;
    await this.#target.appendFile(bytes);
  }
}

/** Makes batches of an output from those of its source. */
class OutputColumns {
  readonly #arrow: Arrow;
  readonly #fields: readonly Field[];
  readonly #choice: KeptColumns;
  readonly #source: Schema;
  readonly #schema: Schema;
  readonly #schemaBytes: Uint8Array;

  constructor(arrow: Arrow, source: Schema, choice: KeptColumns, fields: readonly Field[]) {
    this.#arrow = arrow;
    this.#fields = fields;
    this.#choice = choice;
    this.#source = source;
    const pick = (names: readonly string[]) => source.fields.filter(({ name }) => names.includes(name));
    const displaced = pick(choice.displaced);
    const holder = new arrow.Field(ORIGINAL_FIELDS, new arrow.Struct(displaced), false);
    this.#schema = new arrow.Schema(
      [
        ...pick(choice.kept),
        ...(displaced.length > 0 ? [holder] : []),
        ...fields.map((field) => arrowField(field, arrow)),
      ],
      source.metadata,
    );
    this.#schemaBytes = withoutEnd(arrow.tableToIPC(new arrow.Table(this.#schema), 'stream')).schema;
  }

  spellSchema(): Uint8Array {
    return this.#schemaBytes;
  }

  spellBatch(batch: RecordBatch | undefined, rows: readonly PlacedRow[]): Uint8Array {
    const { RecordBatch: Batch, Struct, Table, makeData, tableToIPC } = this.#arrow;
    const own = batch === undefined ? [] : this.#ownColumns(batch, rows);
    const added = this.#fields.map((field) =>
      addedData(
        rows.map(({ row }) => row.fields[field.name]),
        field,
        this.#arrow,
      ),
    );
    const type = new Struct(this.#schema.fields);
    const data = makeData({ type, length: rows.length, nullCount: 0, children: [...own, ...added] });
    return withoutEnd(tableToIPC(new Table(this.#schema, [new Batch(this.#schema, data)]), 'stream')).rest;
  }

  #ownColumns(batch: RecordBatch, rows: readonly PlacedRow[]): readonly Data[] {
    const { Struct, makeData } = this.#arrow;
    const edits = new BatchEdits(batch.data);
    for (const { place, row } of rows) for (const edit of row.edits ?? []) edits.add(place, edit);
    const isWhole = rows.length === batch.numRows && edits.changes.size === 0;
    const places = rows.map(({ place }) => place);
    const pick = (names: readonly string[]) =>
      this.#source.fields.flatMap(({ name }, i) => {
        if (!names.includes(name)) return [];
        const column = batch.data.children[i]!;
        return [isWhole ? column : takeRows(column, places, edits.changes, this.#arrow)];
      });
    const displaced = pick(this.#choice.displaced);
    if (displaced.length === 0) return pick(this.#choice.kept);
    const type = new Struct(this.#source.fields.filter(({ name }) => this.#choice.displaced.includes(name)));
    const holder = makeData({ type, length: rows.length, nullCount: 0, children: displaced });
    return [...pick(this.#choice.kept), holder];
  }
}

async function collected<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** A stream's schema and the messages behind it, without its end. */
function withoutEnd(stream: Uint8Array): { readonly schema: Uint8Array; readonly rest: Uint8Array } {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const length = CONTINUATION_AND_LENGTH + view.getInt32(4, true);
  return { schema: stream.subarray(0, length), rest: stream.subarray(length, stream.length - END.length) };
}
