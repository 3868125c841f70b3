import { type FileHandle, open } from 'node:fs/promises';
import type { CompressionCodec, ParquetType, SchemaTree } from 'hyparquet';
import { zstdCompressor } from '../../../util/zstd.js';
import { extendStoredSchema } from '../../arrow/stored-schema.js';
import type { Field } from '../../field-type.js';
import { type AddedNames, keptColumns } from '../../kept-columns.js';
import type { TextEdit, WrittenRow } from '../../written-row.js';
import type { ColumnsOutput, PlacedRow } from '../../written-rows.js';
import type { LeafLevels } from '../read/leaf-cursor.js';
import { leafPages, loadPageDecoding, type PageDecoding, startOf } from '../read/leaf-pages.js';
import { pageCodecs } from '../read/page-codecs.js';
import { openParquetFile, PARQUET_MAGIC, type ParquetFile } from '../read/parquet-file.js';
import { levelsOf } from '../read/parquet-rows.js';
import { type AddedColumns, addedColumns } from './added-leaves.js';
import { filterLeaf } from './filter-leaf.js';
import { NO_SOURCE, type SourceColumns, storedArrowSchema } from './footer-source.js';
import { type FooterChoice, FooterWriter } from './footer-writer.js';
import { editsOf } from './json-paths.js';
import { PageSpool, SpooledLeaf } from './page-spool.js';
import type { Packer } from './page-writer.js';

export interface ParquetOutputOptions extends ColumnsOutput {
  /** The columns that are added behind those of the sources. */
  readonly fields: readonly Field[];
  readonly names: Omit<AddedNames, 'names'>;
}

/** A row group that is written anew ends at this many rows or bytes. */
const GROUP_ROWS = 100_000;
const GROUP_BYTES = 2 ** 27;
const COPY_BYTES = 2 ** 20;

/**
 * Writes rows of Parquet files with columns added. A row group all of whose rows are kept as they are is copied byte for
 * byte; of others the stored values are, whatever their types, so that none of them is understood, rounded or spelled anew.
 * @throws {ColumnsError} when a source cannot be read; errors of the system.
 */
export async function writeParquet(to: string, options: ParquetOutputOptions): Promise<void> {
  const [path] = options.sources;
  const first = path === undefined ? NO_SOURCE : await openParquetFile(path);
  if (path !== undefined) await (first as ParquetFile).close();
  const target = await open(to, 'w');
  const spool = await PageSpool.create(`${to}.spool`);
  try {
    const packer = { codec: 'ZSTD', pack: await zstdCompressor() } as const;
    const columns = addedColumns(options.fields);
    const footer = new FooterWriter(first, columns.schema, await choiceOf(first, options));
    await new ParquetOutput({ first, target, spool, packer, columns, footer, options }).write();
    await target.sync();
  } finally {
    await spool.remove();
    await target.close();
  }
}

async function choiceOf(
  first: SourceColumns,
  { fields, names }: ParquetOutputOptions,
): Promise<FooterChoice> {
  const columns = keptColumns(
    first.schema.children.map(({ element }) => element.name),
    { ...names, names: fields.map(({ name }) => name) },
  );
  const stored = storedArrowSchema(first);
  const arrowSchema = stored && (await extendStoredSchema(stored, columns, fields));
  return { ...columns, arrowSchema };
}

interface Parts {
  readonly columns: AddedColumns;
  readonly footer: FooterWriter;
  readonly first: SourceColumns;
  readonly target: FileHandle;
  readonly spool: PageSpool;
  readonly packer: Packer;
  readonly options: ParquetOutputOptions;
}

/** A column of the sources that is written. */
interface SourceLeaf {
  /** Its place among the leaves of a source. */
  readonly leaf: number;
  /** Its path in what is written. */
  readonly path: readonly string[];
  readonly type: ParquetType;
  readonly levels: LeafLevels;
  readonly schemaPath: readonly SchemaTree[];
  readonly spooled: SpooledLeaf;
}

/** The rows of a row group that are written. */
interface Chosen {
  readonly kept: Uint8Array;
  count: number;
  readonly edits: Map<number, readonly TextEdit[]>;
}

class ParquetOutput {
  readonly #parts: Parts;
  readonly #footer: FooterWriter;
  readonly #own: readonly SourceLeaf[];
  readonly #added: readonly {
    readonly path: readonly string[];
    readonly type: ParquetType;
    readonly spooled: SpooledLeaf;
  }[];
  readonly #shred: (fields: WrittenRow['fields']) => void;
  #end = 0;
  /** Rows that have been written to the spool. */
  #pending = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    const { first, spool, packer, columns } = parts;
    this.#footer = parts.footer;
    this.#own = this.#footer.leaves.map(({ leaf, path }) => {
      const schemaPath = first.leaves[leaf]!;
      const type = schemaPath.at(-1)!.element.type!;
      const levels = levelsOf(schemaPath);
      return { leaf, path, type, levels, schemaPath, spooled: new SpooledLeaf(spool, type, levels, packer) };
    });
    this.#added = columns.leaves.map(({ path, type, levels }) => ({
      path,
      type,
      spooled: new SpooledLeaf(spool, type, levels, packer),
    }));
    const add = (leaf: number, repetition: number, definition: number, value: unknown) =>
      this.#added[leaf]!.spooled.add(repetition, definition, value);
    this.#shred = (fields) => columns.shred(fields, add);
  }

  async write(): Promise<void> {
    const { sources, rows } = this.#parts.options;
    await this.#append(PARQUET_MAGIC);
    const decoding = await loadPageDecoding(await pageCodecs());
    for (const path of sources) {
      if (rows.isDone) break;
      const source = await openParquetFile(path);
      try {
        for (const [group, { num_rows: count }] of source.metadata.row_groups.entries()) {
          const chosen: Chosen = { kept: new Uint8Array(Number(count)), count: 0, edits: new Map() };
          for await (const row of rows.take(Number(count))) await this.#take(row, chosen);
          if (chosen.count > 0) await this.#writeGroup(source, group, chosen, decoding);
        }
      } finally {
        await source.close();
      }
    }
    if (sources.length === 0) await this.#writeUnsourced();
    await this.#flushGroup();
    await this.#append(this.#footer.spell());
  }

  async #take({ place, row: { edits = [], fields } }: PlacedRow, chosen: Chosen): Promise<void> {
    chosen.kept[place] = 1;
    chosen.count += 1;
    if (edits.length > 0) chosen.edits.set(place, lastOfEach(edits));
    this.#shred(fields);
    for (const { spooled } of this.#added) await spooled.endRow();
  }

  async #writeUnsourced(): Promise<void> {
    const { rows } = this.#parts.options;
    for (let batch = await rows.takeNext(1); batch.length > 0; batch = await rows.takeNext(1)) {
      this.#shred(batch[0]!.fields);
      for (const { spooled } of this.#added) await spooled.endRow();
      this.#pending += 1;
      if (this.#isGroupFull) await this.#flushGroup();
    }
  }

  get #isGroupFull(): boolean {
    return this.#pending >= GROUP_ROWS || this.#parts.spool.size >= GROUP_BYTES;
  }

  async #writeGroup(
    source: ParquetFile,
    group: number,
    chosen: Chosen,
    decoding: PageDecoding,
  ): Promise<void> {
    const isWhole = chosen.count === chosen.kept.length && chosen.edits.size === 0;
    if (isWhole && this.#pending === 0) {
      await this.#copyGroup(source, group, chosen.count);
      return;
    }
    let edited = 0;
    for (const leaf of this.#own) {
      const pages = leafPages(source, group, leaf.leaf, decoding);
      const choice = { kept: chosen.kept, edits: editsOf(leaf.schemaPath, chosen.edits) };
      edited += await filterLeaf(pages, leaf.levels.definition, choice, leaf.spooled);
    }
    const wanted = [...chosen.edits.values()].reduce((count, edits) => count + edits.length, 0);
    if (edited !== wanted) throw new Error('a text that is to be changed has no place in its columns');
    this.#pending += chosen.count;
    if (this.#isGroupFull) await this.#flushGroup();
  }

  /** Columns as they stand in their file, and those that are added. */
  async #copyGroup(source: ParquetFile, group: number, rows: number): Promise<void> {
    this.#footer.beginGroup(rows, this.#end);
    for (const { leaf, path } of this.#own) {
      const meta = source.metadata.row_groups[group]!.columns[leaf]!.meta_data!;
      const start = startOf(meta);
      this.#footer.copied(source, group, leaf, path, this.#end - start);
      await this.#copy(source, start, Number(meta.total_compressed_size));
    }
    await this.#writeSpooled(this.#added);
    this.#footer.endGroup();
  }

  async #flushGroup(): Promise<void> {
    if (this.#pending === 0) return;
    this.#footer.beginGroup(this.#pending, this.#end);
    await this.#writeSpooled(this.#own);
    await this.#writeSpooled(this.#added);
    this.#footer.endGroup();
    this.#pending = 0;
  }

  async #writeSpooled(
    leaves: readonly {
      readonly path: readonly string[];
      readonly type: ParquetType;
      readonly spooled: SpooledLeaf;
    }[],
  ): Promise<void> {
    const { spool, packer } = this.#parts;
    for (const { path, type, spooled } of leaves) {
      const chunk = await spooled.take();
      const codec: CompressionCodec = packer.codec;
      this.#footer.written({ path, type, codec, chunk, offset: this.#end });
      for (const page of chunk.pages) await this.#append(await spool.read(page));
    }
    if (leaves === this.#added) spool.clear();
  }

  async #copy(source: ParquetFile, start: number, length: number): Promise<void> {
    for (let done = 0; done < length; done += COPY_BYTES) {
      await this.#append(await source.read(start + done, Math.min(COPY_BYTES, length - done)));
    }
  }

  async #append(bytes: Buffer): Promise<void> {
    await this.#parts.target.appendFile(bytes);
    this.#end += bytes.length;
  }
}

/** Of several edits of one place the last, which has what those before it did. */
function lastOfEach(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...new Map(edits.map((edit) => [JSON.stringify(edit.path), edit])).values()];
}
