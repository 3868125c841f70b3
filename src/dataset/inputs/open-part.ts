import { formatNamedBy } from '../../domain/format-name.js';
import { peek, prepend } from '../../util/peek.js';
import { openByteSource } from '../byte-source.js';
import { csvRows } from '../csv/csv-rows.js';
import { MAGIC_BYTES, refuseForeignFormat } from '../foreign-format.js';
import { inputName } from '../input.js';
import { openJsonText, splitRows } from '../split-rows.js';
import { ARROW_FILE_MAGIC, arrowPart, isArrow, PARQUET_MAGIC, parquetPart } from './columns-part.js';
import type { Part, PartOptions } from './part.js';

/**
 * Opens a file, or `-` for standard input, and tells what it is: text formats other than JSON by their name or by what is
 * said, all else by content.
 * @throws what reading throws; {@link ReflectionError} `dataset_unreadable` for a format that is not read.
 */
export async function openPart(file: string, options: PartOptions): Promise<Part> {
  const { chunkBytes, maxRowBytes, signal } = options;
  const name = options.name ?? inputName(file);
  const source = openByteSource(file, chunkBytes, signal);
  try {
    const { head, rest } = await peek(source.chunks, Math.max(MAGIC_BYTES, ARROW_FILE_MAGIC.length));
    refuseForeignFormat(file, head);
    const bytes = prepend(head, rest);
    const told = options.format ?? formatNamedBy(name);
    if (head.indexOf(PARQUET_MAGIC) === 0 || options.format === 'parquet') {
      source.close();
      return await parquetPart(file, options);
    }

    if (isArrow(head) || options.format === 'arrow') return await arrowPart(bytes, source, options);
    if (told === 'csv' || told === 'tsv') {
      const batches = csvRows(bytes, { file: name, kind: told, maxRowBytes });
      return { format: told, batches, inputBytes: source.inputBytes, close: source.close };
    }
    const { format } = options;
    const text = await openJsonText(bytes, format === 'jsonl' || format === 'json' ? format : undefined);
    const batches = splitRows(text, maxRowBytes);
    return { format: text.format, batches, inputBytes: source.inputBytes, close: source.close };
  } catch (error) {
    source.close();
    throw error;
  }
}
