import { COLUMN_ROLES, type ColumnMapping, type ColumnRole, type MessageTags } from './layout.js';

/** Other words for a part that a user may well use. */
const SYNONYMS: ReadonlyMap<string, ColumnRole> = new Map([
  ['prompt', 'instruction'],
  ['question', 'instruction'],
  ['completion', 'output'],
  ['answer', 'output'],
  ['response', 'output'],
]);

/** Keys of a message, which are mapped beside the columns. */
const TAGS = ['role', 'content'] as const;

export interface ParsedColumnMap {
  readonly columns: ColumnMapping;
  readonly tags: MessageTags;
}

/**
 * Reads `instruction=question,output=answer`: parts and the columns that play them, and with `role=` and `content=` the
 * keys of messages. Columns are to be spelled as in the rows.
 * @returns what is wrong, as a sentence, when it cannot be read.
 */
export function parseColumnMap(text: string): ParsedColumnMap | { readonly problem: string } {
  const columns = new Map<ColumnRole, string>();
  const tags = new Map<(typeof TAGS)[number], string>();
  for (const entry of text.split(',')) {
    const [part = '', column, ...rest] = entry.split('=').map((piece) => piece.trim());
    if (column === undefined || column === '' || rest.length > 0) {
      return { problem: `'${entry}' is not of the form PART=COLUMN.` };
    }
    const tag = TAGS.find((name) => name === part);
    const role = COLUMN_ROLES.find((name) => name === part) ?? SYNONYMS.get(part);
    if (tag === undefined && role === undefined) {
      return { problem: `'${part}' is no part; parts are ${[...COLUMN_ROLES, ...TAGS].join(', ')}.` };
    }
    if (tag === undefined ? columns.has(role!) : tags.has(tag))
      return { problem: `'${part}' is mapped twice.` };
    if (tag === undefined) columns.set(role!, column);
    else tags.set(tag, column);
  }
  return { columns: Object.fromEntries(columns), tags: Object.fromEntries(tags) };
}
