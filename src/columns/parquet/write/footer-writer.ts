import type { CompressionCodec, ParquetType } from 'hyparquet';
import { ARROW_SCHEMA_KEY } from '../../arrow/stored-schema.js';
import { type KeptColumns, ORIGINAL_FIELDS } from '../../kept-columns.js';
import { PARQUET_MAGIC, type ParquetFile } from '../read/parquet-file.js';
import { ELEMENT, FILE, type PlacedLeaf, type SourceColumns, splitChildren } from './footer-source.js';
import type { SpooledChunk } from './page-spool.js';
import {
  binary,
  i32,
  i64,
  itemsOf,
  list,
  readThrift,
  struct,
  structOf,
  THRIFT,
  type ThriftField,
  type ThriftStruct,
  writeThrift,
} from './thrift.js';

const GROUP = { columns: 1 } as const;
const CHUNK = { offset: 2, meta: 3 } as const;
const META = { path: 3, unpacked: 6, packed: 7, dataPage: 9, dictionaryPage: 11 } as const;
/** Places of indexes and Bloom filters, which are not copied. */
const CHUNK_INDEXES = [4, 5, 6, 7];
const META_INDEXES = [10, 14, 15];

const TYPES = ['BOOLEAN', 'INT32', 'INT64', 'INT96', 'FLOAT', 'DOUBLE', 'BYTE_ARRAY', 'FIXED_LEN_BYTE_ARRAY'];
const CODECS = ['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'LZO', 'BROTLI', 'LZ4', 'ZSTD', 'LZ4_RAW'];
const REQUIRED = 0;
const PLAIN = 0;
const RLE = 3;

export interface FooterChoice extends KeptColumns {
  /** The Arrow schema that the file is said to be made from. */
  readonly arrowSchema: string | undefined;
}

/** How many elements of a schema lie in no other. */
function topLevelOf(elements: readonly ThriftStruct[]): number {
  let count = 0;
  let within = 0;
  for (const element of elements) {
    if (within === 0) count += 1;
    else within -= 1;
    within += (element.get(ELEMENT.children)?.value as number | undefined) ?? 0;
  }
  return count;
}

/** Makes the footer of an output from that of its source, every field of which is kept that still holds. */
export class FooterWriter {
  readonly leaves: readonly PlacedLeaf[];
  readonly #footer: ThriftStruct;
  readonly #schema: readonly ThriftStruct[];
  readonly #metadata: readonly ThriftStruct[];
  readonly #groups: ThriftStruct[] = [];
  readonly #parsed = new WeakMap<SourceColumns, ThriftStruct>();
  #columns: ThriftStruct[] = [];
  #rows = 0;
  #allRows = 0;
  #begin = 0;

  /** @param added - The schema of the columns that are added. */
  constructor(
    source: SourceColumns,
    added: readonly ThriftStruct[],
    { arrowSchema, ...choice }: FooterChoice,
  ) {
    this.#footer = readThrift(source.footer);
    this.#parsed.set(source, this.#footer);
    const children = splitChildren(source, this.#footer);
    const pick = (names: readonly string[]) => children.filter(({ name }) => names.includes(name));
    const kept = pick(choice.kept);
    const displaced = pick(choice.displaced);
    const holder = structOf({
      [ELEMENT.repetition]: i32(REQUIRED),
      [ELEMENT.name]: binary(ORIGINAL_FIELDS),
      [ELEMENT.children]: i32(displaced.length),
    });
    const [root] = itemsOf(this.#footer.get(FILE.schema)) as readonly ThriftStruct[];
    const more = added.length === 0 ? 0 : topLevelOf(added);
    const count = kept.length + (displaced.length > 0 ? 1 : 0) + more;
    this.#schema = [
      withFields(root!, { [ELEMENT.children]: i32(count) }),
      ...kept.flatMap(({ elements }) => elements),
      ...(displaced.length > 0 ? [holder, ...displaced.flatMap(({ elements }) => elements)] : []),
      ...added,
    ];
    this.leaves = [
      ...kept.flatMap(({ leaves }) => leaves),
      ...displaced.flatMap(({ leaves }) =>
        leaves.map(({ leaf, path }) => ({ leaf, path: [ORIGINAL_FIELDS, ...path] })),
      ),
    ];
    const all = itemsOf(this.#footer.get(FILE.metadata)) as readonly ThriftStruct[];
    const stored =
      arrowSchema === undefined ? [] : [structOf({ 1: binary(ARROW_SCHEMA_KEY), 2: binary(arrowSchema) })];
    this.#metadata = [...all.filter((pair) => String(pair.get(1)?.value) !== ARROW_SCHEMA_KEY), ...stored];
  }

  beginGroup(rows: number, offset: number): void {
    this.#rows = rows;
    this.#begin = offset;
    this.#columns = [];
  }

  /** A column chunk that is copied. @param shift - How much further on in the file it lies. */
  copied(source: ParquetFile, group: number, leaf: number, path: readonly string[], shift: number): void {
    const footer = this.#parsed.get(source) ?? readThrift(source.footer);
    this.#parsed.set(source, footer);
    const groups = itemsOf(footer.get(FILE.groups)) as readonly ThriftStruct[];
    const chunk = itemsOf(groups[group]!.get(GROUP.columns))[leaf] as ThriftStruct;
    const meta = chunk.get(CHUNK.meta)!.value as ThriftStruct;
    const moved = (id: number) => {
      const offset = meta.get(id)?.value as bigint | undefined;
      return offset !== undefined && offset > 0n ? { [id]: i64(offset + BigInt(shift)) } : {};
    };
    const changed = withFields(without(meta, META_INDEXES), {
      [META.path]: list(
        THRIFT.binary,
        path.map((step) => Buffer.from(step)),
      ),
      ...moved(META.dataPage),
      ...moved(META.dictionaryPage),
    });
    this.#columns.push(
      withFields(without(chunk, CHUNK_INDEXES), {
        [CHUNK.offset]: i64(0),
        [CHUNK.meta]: { type: THRIFT.struct, value: changed },
      }),
    );
  }

  /** A column chunk that is written anew. */
  written({
    path,
    type,
    codec,
    chunk,
    offset,
  }: {
    readonly path: readonly string[];
    readonly type: ParquetType;
    readonly codec: CompressionCodec;
    readonly chunk: SpooledChunk;
    readonly offset: number;
  }): void {
    const meta = struct({
      1: i32(TYPES.indexOf(type)),
      2: list(THRIFT.i32, [PLAIN, RLE]),
      [META.path]: list(
        THRIFT.binary,
        path.map((step) => Buffer.from(step)),
      ),
      4: i32(CODECS.indexOf(codec)),
      5: i64(chunk.entries),
      [META.unpacked]: i64(chunk.unpacked),
      [META.packed]: i64(chunk.packed),
      [META.dataPage]: i64(offset),
    });
    this.#columns.push(structOf({ [CHUNK.offset]: i64(0), [CHUNK.meta]: meta }));
  }

  endGroup(): void {
    const sum = (id: number) =>
      this.#columns.reduce((total, column) => {
        const meta = column.get(CHUNK.meta)!.value as ThriftStruct;
        return total + (meta.get(id)!.value as bigint);
      }, 0n);
    this.#groups.push(
      structOf({
        [GROUP.columns]: list(THRIFT.struct, this.#columns),
        2: i64(sum(META.unpacked)),
        3: i64(this.#rows),
        5: i64(this.#begin),
        6: i64(sum(META.packed)),
      }),
    );
    this.#allRows += this.#rows;
  }

  /** The footer, its length and the magic. */
  spell(): Buffer {
    const order = structOf({ 1: struct({}) });
    const fields: Record<number, ThriftField> = {
      [FILE.schema]: list(THRIFT.struct, this.#schema),
      [FILE.rows]: i64(this.#allRows),
      [FILE.groups]: list(THRIFT.struct, this.#groups),
    };
    if (this.#metadata.length > 0) fields[FILE.metadata] = list(THRIFT.struct, this.#metadata);
    if (this.#footer.has(FILE.orders)) {
      fields[FILE.orders] = list(
        THRIFT.struct,
        this.#schema.filter((element) => !element.has(ELEMENT.children)).map(() => order),
      );
    }
    const bytes = writeThrift(withFields(without(this.#footer, [FILE.metadata, FILE.orders]), fields));
    const length = Buffer.alloc(4);
    length.writeUInt32LE(bytes.length);
    return Buffer.concat([bytes, length, PARQUET_MAGIC]);
  }
}

function withFields(value: ThriftStruct, fields: Readonly<Record<number, ThriftField>>): ThriftStruct {
  return new Map([...value, ...structOf(fields)]);
}

function without(value: ThriftStruct, ids: readonly number[]): ThriftStruct {
  return new Map([...value].filter(([id]) => !ids.includes(id)));
}
