import { type FormatName, formatNamedBy } from '../domain/format-name.js';

/** How text is packed. */
export type Compression = 'none' | 'gzip' | 'zstd';

/** How an output holds its rows. */
export interface RowFormat {
  /** `jsonl`: one to a line; `json`: as the elements of one array, each still on a line of its own; `csv`, `tsv`. */
  readonly layout: FormatName;
  readonly compression: Compression;
  /** Whether it is a folder with a part for each file that the rows come from. */
  readonly isFolder: boolean;
}

/** One object a line, as it is. */
export const PLAIN_LINES: RowFormat = { layout: 'jsonl', compression: 'none', isFolder: false };

/**
 * The one rule for every output that a user names: its ending says the format, `.gz` and `.zst` that it is packed.
 * A name without an ending is a folder where the format is one of columns.
 * @param source - The format of what the rows come from, which holds where the ending says nothing.
 */
export function rowFormatOf(path: string, source: FormatName = 'jsonl'): RowFormat {
  const named = formatNamedBy(path);
  const layout = named ?? (source === 'json' ? 'jsonl' : source);
  const compression = /\.gz$/i.test(path) ? 'gzip' : /\.zst$/i.test(path) ? 'zstd' : 'none';
  const isOfColumns = isColumnar(layout);
  return {
    layout,
    compression: isOfColumns ? 'none' : compression,
    isFolder: isOfColumns && named === undefined,
  };
}

export function isPlainLines({ layout, compression }: RowFormat): boolean {
  return layout === 'jsonl' && compression === 'none';
}

/** Whether a format keeps columns and their types, which are then taken from where the rows come from. */
export function isColumnar(layout: FormatName): layout is 'parquet' | 'arrow' {
  return layout === 'parquet' || layout === 'arrow';
}
