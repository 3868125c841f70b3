/** How an output holds its rows. */
export interface RowFormat {
  /** One to a line, or as the elements of one array, each still on a line of its own. */
  readonly layout: 'lines' | 'array';
  readonly isGzipped: boolean;
}

/** The one rule for every output that a user names: `.json` is an array, anything else lines; `.gz` is gzip. */
export function rowFormatOf(path: string): RowFormat {
  return { layout: /\.json(\.gz)?$/i.test(path) ? 'array' : 'lines', isGzipped: /\.gz$/i.test(path) };
}
