import type { SchemaTree } from 'hyparquet';
import type { ColumnDecoder, Compressors, PageHeader } from 'hyparquet/src/types.js';
import { ColumnsError, columnsError } from '../../columns-error.js';
import { READ_CODECS } from './page-codecs.js';
import type { ParquetFile } from './parquet-file.js';

/** Values of one column as they are stored: an entry for each value, empty list or null. */
export interface LeafPage {
  readonly entries: number;
  /** How much of the path to the value is there; undefined when all of all. */
  readonly definition: ArrayLike<number> | undefined;
  /** At which list of the path an entry goes on, 0 for a new row; undefined when each is a row. */
  readonly repetition: ArrayLike<number> | undefined;
  /** The values that are there, or their places in the dictionary. */
  readonly values: ArrayLike<unknown>;
  readonly dictionary: ArrayLike<unknown> | undefined;
  /** Bytes that it has unpacked. */
  readonly bytes: number;
}

type Decoding = typeof import('hyparquet/src/datapage.js') &
  typeof import('hyparquet/src/column.js') &
  typeof import('hyparquet/src/plain.js');

/** What pages are decoded with; loaded when the first Parquet file is met. */
export interface PageDecoding extends Pick<Decoding, 'parquetHeader' | 'readDataPage' | 'readDataPageV2'> {
  readonly readPlain: Decoding['readPlain'];
  readonly decompressPage: Decoding['decompressPage'];
  readonly codecs: Compressors;
}

export async function loadPageDecoding(codecs: Compressors): Promise<PageDecoding> {
  const { parquetHeader } = await import('hyparquet/src/column.js');
  const { readDataPage, readDataPageV2, decompressPage } = await import('hyparquet/src/datapage.js');
  const { readPlain } = await import('hyparquet/src/plain.js');
  return { parquetHeader, readDataPage, readDataPageV2, decompressPage, readPlain, codecs };
}

/** Larger pages are refused: they would have to be in memory as a whole. */
const LARGEST_PAGE = 2 ** 29;
const HEADER_BYTES = 2 ** 12;
/** Page headers hold statistics, which some programs write at full length. */
const LARGEST_HEADER = 2 ** 24;
/** Read at a time, so that small pages do not take a call each. */
const READ_AHEAD = 2 ** 20;

/**
 * The pages of one column in one row group, each read when it is asked for.
 * @throws {ColumnsError}
 */
export async function* leafPages(
  file: ParquetFile,
  group: number,
  leaf: number,
  decoding: PageDecoding,
): AsyncGenerator<LeafPage, void> {
  const meta = file.metadata.row_groups[group]!.columns[leaf]!.meta_data!;
  const schemaPath = file.leaves[leaf] as SchemaTree[];
  const { element } = schemaPath.at(-1)!;
  const name = meta.path_in_schema.join('.');
  if (!READ_CODECS.has(meta.codec)) {
    throw new ColumnsError(
      `has the column "${name}" packed with ${meta.codec}, which is not read`,
      'Write it again with ZSTD, SNAPPY or GZIP.',
    );
  }
  const decoder: ColumnDecoder = {
    pathInSchema: meta.path_in_schema,
    type: meta.type,
    element,
    schemaPath,
    codec: meta.codec,
    compressors: decoding.codecs,
    // values are taken as they are stored
    parsers: {} as ColumnDecoder['parsers'],
  };
  const start = startOf(meta);
  const source = new ChunkReader(file, start, start + Number(meta.total_compressed_size));
  try {
    let dictionary: ArrayLike<unknown> | undefined;
    let left = Number(meta.num_values);
    while (left > 0) {
      const header = await source.header(decoding.parquetHeader);
      requireCount(header, left);
      const page = await pageBytes(source, header);
      if (header.type === 'DICTIONARY_PAGE') {
        dictionary = readDictionary(page, header, decoder, decoding);
        continue;
      }
      const read = readPage(page, header, decoder, decoding);
      if (read === undefined) continue;
      left -= read.entries;
      const isCoded = read.encoding.endsWith('_DICTIONARY');
      if (isCoded && dictionary === undefined)
        throw new Error('a page refers to a dictionary that is not there');
      yield { ...read, dictionary: isCoded ? dictionary : undefined, bytes: header.uncompressed_page_size };
    }
  } catch (cause) {
    throw columnsError(
      cause,
      `in column "${name}", row group ${group + 1}`,
      'Fetch the file or write it again.',
    );
  }
}

/** Where the column's first page lies. Some programs write 0 for a dictionary that is not there. */
export function startOf(meta: {
  readonly data_page_offset: bigint;
  readonly dictionary_page_offset?: bigint;
}) {
  const { data_page_offset: data, dictionary_page_offset: dictionary } = meta;
  return Number(dictionary !== undefined && dictionary > 0n && dictionary < data ? dictionary : data);
}

/** A count that cannot be is found out before memory is set aside for it. */
function requireCount(header: PageHeader, left: number): void {
  const { num_values: count = 0 } = header.data_page_header ?? header.data_page_header_v2 ?? {};
  if (count < 0 || count > left) throw new Error(`a page has ${count} values of ${left} that are left`);
  const { num_values: entries = 0 } = header.dictionary_page_header ?? {};
  const isRoom = entries >= 0 && entries <= Math.max(header.uncompressed_page_size, 1) * 8;
  if (!isRoom) throw new Error(`a dictionary has no room for ${entries} values`);
}

async function pageBytes(source: ChunkReader, header: PageHeader): Promise<Buffer> {
  const { compressed_page_size: packed, uncompressed_page_size: size } = header;
  if (packed < 0 || size < 0) throw new Error('a page has a negative size');
  if (Math.max(packed, size) > LARGEST_PAGE) {
    throw new ColumnsError(
      `has a page of ${Math.max(packed, size)} bytes`,
      'Write it again with smaller pages.',
    );
  }
  return source.take(packed);
}

function readDictionary(
  page: Buffer,
  header: PageHeader,
  { type, element, codec, compressors }: ColumnDecoder,
  { decompressPage, readPlain }: PageDecoding,
): ArrayLike<unknown> {
  const bytes = decompressPage(page, header.uncompressed_page_size, codec, compressors);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { num_values: count } = header.dictionary_page_header!;
  return readPlain({ view, offset: 0 }, type, count, element.type_length);
}

function readPage(page: Buffer, header: PageHeader, decoder: ColumnDecoder, decoding: PageDecoding) {
  if (header.type === 'DATA_PAGE') {
    const data = header.data_page_header!;
    const { codec, compressors } = decoder;
    const bytes = decoding.decompressPage(page, header.uncompressed_page_size, codec, compressors);
    const { definitionLevels, repetitionLevels, dataPage } = decoding.readDataPage(bytes, data, decoder);
    return pageOf(data, definitionLevels, repetitionLevels, dataPage);
  }
  if (header.type === 'DATA_PAGE_V2') {
    const data = header.data_page_header_v2!;
    const { definitionLevels, repetitionLevels, dataPage } = decoding.readDataPageV2(page, header, decoder);
    return pageOf(data, definitionLevels, repetitionLevels, dataPage);
  }
  // an index, which nobody needs
  return undefined;
}

function pageOf(
  { num_values: entries, encoding }: { readonly num_values: number; readonly encoding: string },
  definition: ArrayLike<number> | undefined,
  repetition: ArrayLike<number>,
  values: ArrayLike<unknown>,
) {
  return {
    entries,
    encoding,
    definition: definition?.length ? definition : undefined,
    repetition: repetition.length > 0 ? repetition : undefined,
    values,
  };
}

/** Bytes of a column chunk, read in large pieces. */
class ChunkReader {
  readonly #file: ParquetFile;
  readonly #end: number;
  /** Of the file; where `#ahead` begins. */
  #at: number;
  #ahead = Buffer.alloc(0);

  constructor(file: ParquetFile, start: number, end: number) {
    this.#file = file;
    this.#at = start;
    this.#end = end;
  }

  async header(parse: PageDecoding['parquetHeader']): Promise<PageHeader> {
    for (let wanted = HEADER_BYTES; ; wanted *= 4) {
      const bytes = await this.#look(wanted);
      const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
      try {
        const header = parse(reader);
        this.#skip(reader.offset);
        return header;
      } catch (cause) {
        const isAll = this.#at + bytes.length >= this.#end;
        if (isAll || wanted >= LARGEST_HEADER) throw cause;
      }
    }
  }

  async take(length: number): Promise<Buffer> {
    const bytes = await this.#look(length);
    if (bytes.length < length) throw new Error('a page is longer than its column');
    const page = bytes.subarray(0, length);
    this.#skip(length);
    return page;
  }

  async #look(length: number): Promise<Buffer> {
    const wanted = Math.min(length, this.#end - this.#at);
    if (this.#ahead.length < wanted) {
      const size = Math.min(Math.max(length, READ_AHEAD), this.#end - this.#at);
      this.#ahead = (await this.#file.read(this.#at, size)) as Buffer<ArrayBuffer>;
    }
    return this.#ahead;
  }

  #skip(length: number): void {
    this.#ahead = this.#ahead.subarray(length);
    this.#at += length;
  }
}
