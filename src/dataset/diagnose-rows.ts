import type { UnscorableReason } from '../domain/score.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import type { BadRow } from './row.js';

/** What a dataset without a usable row is. */
export interface Diagnosis {
  /** A clause that follows a colon. */
  readonly found: string;
  /** One sentence. */
  readonly remedy: string;
}

/** Texts that are no dataset at all, by how they begin. */
const OTHER_TEXTS = [
  {
    begin: /^version https:\/\/git-lfs/,
    found: 'it is a Git LFS pointer and not the file that this stands for',
    remedy: 'Fetch the file itself: git lfs pull.',
  },
  {
    begin: /^<(!doctype|html|\?xml)/i,
    found: 'it is a web page or XML and no JSON',
    remedy: 'Download the file itself; web pages of files have a link to it.',
  },
] as const;

/** What is wrong within messages: such rows were read as what they are, and are no other thing. */
const WITHIN_MESSAGES: ReadonlySet<UnscorableReason> = new Set([
  'malformed_messages',
  'malformed_tool_call',
  'unknown_role',
  'not_text',
  'no_assistant_turn',
  'all_turns_masked',
  'contradicting_columns',
] as const);

const MAX_NAMES = 12;

/**
 * Says what a dataset is of which no row can be used.
 * @param rows - The first of them, at least one.
 * @param count - How many there are.
 * @param document - The one value that the file is, where it is JSON as a whole and was looked at.
 */
export function diagnoseRows(rows: readonly BadRow[], count: number, document: unknown): Diagnosis {
  const [first] = rows as readonly [BadRow];
  if (count === 1 && first.object !== undefined) {
    const found = columnsIn(first.object);
    if (found !== undefined) return found;
  }
  if (rows.every(({ reason }) => WITHIN_MESSAGES.has(reason))) return asTheRowsSay(rows, count);
  return (
    carriageReturns(first, count) ??
    OTHER_TEXTS.find(({ begin }) => begin.test(first.text)) ??
    (isJsonObject(document) ? diagnoseObject(document) : undefined) ??
    objectsOverLines(rows) ??
    table(rows) ??
    asTheRowsSay(rows, count)
  );
}

/** Without a line feed the whole file is one line. */
function carriageReturns({ text, object }: BadRow, count: number): Diagnosis | undefined {
  const isOneLine = count === 1 && object === undefined && !text.includes('\n');
  if (!isOneLine || !/\S\r\s*\S/.test(text)) return undefined;
  return {
    found: 'its lines end in carriage returns alone',
    remedy: "Give it line feeds: tr '\\r' '\\n' < <file> > rows.jsonl.",
  };
}

/** Says what a file that is one object is, if that can be told: its rows are in a member, or its members are columns. */
export function diagnoseObject(object: JsonObject): Diagnosis | undefined {
  const members = Object.entries(object);
  const tables = members.filter(
    (member): member is [string, JsonObject[]] =>
      Array.isArray(member[1]) && member[1].length > 0 && member[1].every(isJsonObject),
  );
  const [rows] = tables.sort(([, a], [, b]) => b.length - a.length);
  if (rows !== undefined) {
    return {
      found: `it is one object whose member ${quoted(rows[0])} holds ${rows[1].length} ${rows[1].length === 1 ? 'row' : 'rows'}`,
      remedy: `Take them out of it: jq -c '.[${quoted(rows[0])}][]' <file> > rows.jsonl.`,
    };
  }
  return columnsIn(object);
}

function columnsIn(object: JsonObject): Diagnosis | undefined {
  return columns(Object.entries(object).map(([name, value]) => [name, lengthOf(value)]));
}

function columns(
  members: readonly (readonly [name: string, length: number | undefined])[],
): Diagnosis | undefined {
  const [first] = members;
  const length = first?.[1];
  if (members.length < 2 || length === undefined || members.some((member) => member[1] !== length))
    return undefined;
  return {
    found: `it is one object of columns: ${listed(members.map(([name]) => name))} hold ${length} values each`,
    remedy:
      'Turn the columns into rows, for example with pandas: ' +
      'read_json("<file>").to_json("rows.jsonl", orient="records", lines=True).',
  };
}

/** Of a column: a list of values that are no messages, or as pandas has it an object with the numbers of rows for names. */
function lengthOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.some(isJsonObject) ? undefined : value.length;
  const keys = isJsonObject(value) ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key, i) => key === String(i)) ? keys.length : undefined;
}

function objectsOverLines([first]: readonly BadRow[]): Diagnosis | undefined {
  if (first === undefined || !/^\{\s*("[^"]*"\s*:\s*[[{"]?)?$/.test(first.text)) return undefined;
  return {
    found: 'its objects are spread over several lines',
    remedy:
      'Write every object on one line (JSON Lines) or all of them as one array: jq -c . <file> > rows.jsonl.',
  };
}

const SEPARATORS = [
  { character: ',', name: 'CSV', format: 'csv' },
  { character: '\t', name: 'tab-separated values', format: 'tsv' },
  { character: ';', name: 'CSV (with semicolons)', format: 'csv' },
] as const;

/** What a column may be called, quoted or not. */
const COLUMN_NAME = /^"?([\p{L}_][\p{L}\p{N}_ .-]{0,63})"?$/u;

function table(rows: readonly BadRow[]): Diagnosis | undefined {
  const [first] = rows;
  if (
    first === undefined ||
    rows.some(({ reason, object }) => reason !== 'malformed_json' || object !== undefined)
  ) {
    return undefined;
  }
  for (const { character, name, format } of SEPARATORS) {
    const names = first.text.split(character).map((cell) => COLUMN_NAME.exec(cell.trim())?.[1]);
    if (names.length < 2 || !names.every((column) => column !== undefined)) continue;
    return {
      found: `it looks like ${name} with the columns ${listed(names)}`,
      remedy: `Let its name end in .${format}, or say that its format is ${format}.`,
    };
  }
  return undefined;
}

/** No shape that is known: the rows' own reasons have to do. */
function asTheRowsSay(rows: readonly BadRow[], count: number): Diagnosis {
  const [{ reason, detail }] = rows as readonly [BadRow];
  const why = rows.every((row) => row.reason === reason) ? ` (${reason})` : '';
  const told = detail.replace(/\.$/, '');
  return {
    found:
      count === 1
        ? `its only row is unusable${why}: ${told}`
        : `all of its ${count} rows are unusable${why}, the first because of this: ${told}`,
    remedy: WITHIN_MESSAGES.has(reason)
      ? 'Mend the rows, or name speakers and columns with an entry of a dataset_info.json.'
      : 'Rows are objects with the texts "instruction", "output" and maybe "input", or messages: rename or convert the fields.',
  };
}

function quoted(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}...` : name);
}

function listed(names: readonly string[]): string {
  const more = names.length > MAX_NAMES ? ` and ${names.length - MAX_NAMES} more` : '';
  return names.slice(0, MAX_NAMES).map(quoted).join(', ') + more;
}
