/** The formats that datasets are read from and written to. */
export const FORMAT_NAMES = [
  /** An object a line. */
  'jsonl',
  /** One array of objects. */
  'json',
  /** Separated values, names in the first line. */
  'csv',
  /** The same with tabs. */
  'tsv',
  'parquet',
  /** Arrow streams, as `datasets` saves them in a folder. */
  'arrow',
] as const;
export type FormatName = (typeof FORMAT_NAMES)[number];

/** The format that a path's ending names, `.gz` and `.zst` left aside. */
export function formatNamedBy(path: string): FormatName | undefined {
  const [, ending] = /\.([a-z]+)(?:\.(?:gz|zst))?$/i.exec(path) ?? [];
  switch (ending?.toLowerCase()) {
    case 'jsonl':
    case 'ndjson':
      return 'jsonl';
    case 'json':
      return 'json';
    case 'csv':
      return 'csv';
    case 'tsv':
    case 'tab':
      return 'tsv';
    case 'parquet':
    case 'pq':
      return 'parquet';
    case 'arrow':
      return 'arrow';
    default:
      return undefined;
  }
}

/** A path without the ending that names its format, and those of what packs it. */
export function withoutEnding(path: string): string {
  return path.replace(/(\.(?:jsonl?|ndjson|csv|tsv|tab|parquet|pq|arrow))?(\.(?:gz|zst))?$/i, '');
}
