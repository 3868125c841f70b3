import { textTurn } from '../domain/conversation.js';
import { named } from '../options/option-name.js';
import { describeJson, isWellFormed, type JsonObject } from '../util/json-value.js';
import { COLUMN_ALIASES, optionalColumn } from './column-aliases.js';
import { decodeValue } from './decode-value.js';
import type { ColumnMapping, ColumnRole, Layout } from './layout.js';
import { type PlacedTurn, readMessages } from './read-messages.js';
import { refuseRow } from './row-problem.js';
import type { TextPlace } from './text-place.js';

const MAX_KEYS_LISTED = 10;

/** A text that is a column by itself; null and an absent column are an empty one where `optional`. */
export function readText(object: JsonObject, column: string, { optional }: { optional: boolean }): string {
  const value = object[column];
  if (optional && (value === undefined || value === null)) return '';
  if (typeof value !== 'string') {
    return refuseRow(
      'wrong_type',
      `"${column}" is ${describeJson(value)}. Make it a string or remove the row.`,
    );
  }
  if (!isWellFormed(value)) {
    return refuseRow(
      'lone_surrogate',
      `"${column}" holds half of a character (a lone \\ud800-\\udfff escape), which no tokenizer can read. ` +
        'Remove that escape or write the whole character.',
    );
  }
  return value;
}

/** The columns that play the given parts. Refuses a row that lacks one of them. */
export function requireColumns<Needed extends ColumnRole>(
  object: JsonObject,
  columns: ColumnMapping,
  needed: readonly Needed[],
): Readonly<Record<Needed, string>> {
  const names = needed.map((role) => [role, columns[role] ?? COLUMN_ALIASES[role][0]!] as const);
  const missing = names.filter(([, column]) => object[column] === undefined);
  if (missing.length > 0) {
    const list = missing.map(([, column]) => JSON.stringify(column)).join(' and no ');
    const map = missing.map(([role]) => `${role}=COLUMN`).join(',');
    refuseRow(
      'missing_field',
      `the row has no ${list}; ${fieldsOf(object)}. Add what is missing, name another column with ${named('map')} ${map}, or remove the row.`,
    );
  }
  return Object.fromEntries(names) as Record<Needed, string>;
}

function fieldsOf(object: JsonObject): string {
  const keys = Object.keys(object);
  const listed = keys
    .slice(0, MAX_KEYS_LISTED)
    .map((key) => JSON.stringify(key.length > 40 ? `${key.slice(0, 40)}...` : key));
  const more = keys.length > MAX_KEYS_LISTED ? ` and ${keys.length - MAX_KEYS_LISTED} more` : '';
  return `its fields are ${keys.length === 0 ? 'none' : listed.join(', ') + more}`;
}

/** The place of a text that is a column by itself. */
export function columnPlace(column: string): TextPlace {
  return { column, encoding: 'plain', path: [], more: [] };
}

/**
 * The turns of a row with a column each for what is asked and what is answered, either of which may be a list of messages:
 * those of `history`, the question, the answer. Of a question in messages no turn is a target.
 */
export function readColumns(object: JsonObject, layout: Layout): readonly PlacedTurn[] {
  const { instruction, output } = requireColumns(object, layout.columns, ['instruction', 'output']);
  return [
    ...readHistory(object, layout),
    ...readQuestion(object, instruction, layout),
    ...readAnswer(object[output], output, layout),
  ];
}

/** What is asked: a text, with its input, or messages, none of which is a target. */
export function readQuestion(object: JsonObject, column: string, layout: Layout): readonly PlacedTurn[] {
  if (isList(object[column])) {
    return readMessages(object[column], column, layout.tags).map(({ turn, places }) => ({
      turn: { ...turn, isTarget: false },
      places,
    }));
  }
  const text = readText(object, column, { optional: false });
  const inputColumn = optionalColumn(object, layout, 'input');
  const input = inputColumn === undefined ? '' : readText(object, inputColumn, { optional: true });
  const inputPlace = inputColumn ?? newInputColumn(column, layout);
  return [
    {
      turn: { ...textTurn('user', text), input },
      places: {
        text: columnPlace(column),
        ...(inputPlace !== undefined && { input: columnPlace(inputPlace) }),
      },
    },
  ];
}

/** Where material goes that a row has none of so far, if its layout lets a row have a column for it. */
function newInputColumn(question: string, { name, isComplete }: Layout): string | undefined {
  const [usual] = COLUMN_ALIASES.input;
  return name === 'alpaca' && !isComplete && question.toLowerCase() !== usual ? usual : undefined;
}

/** What is answered: a text, or messages. */
export function readAnswer(value: unknown, column: string, { tags }: Layout): readonly PlacedTurn[] {
  if (isList(value)) return readMessages(value, column, tags);
  const text = readText({ [column]: value }, column, { optional: false });
  return [{ turn: textTurn('assistant', text), places: { text: columnPlace(column) } }];
}

/** A text stays one even if it spells a list: only a list or an object counts as messages here. */
function isList(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Exchanges that came before, `[[question, answer], ...]`, as a value or as a string that spells it. */
function readHistory(object: JsonObject, layout: Layout): readonly PlacedTurn[] {
  const column = optionalColumn(object, layout, 'history');
  const value = column === undefined ? undefined : object[column];
  if (column === undefined || value === undefined || value === null || value === '') return [];
  const { value: exchanges, encoding } = decodeValue(JSON.stringify(column), value);
  if (!Array.isArray(exchanges)) {
    return refuseRow(
      'wrong_type',
      `"${column}" is ${describeJson(value)}, not a list of exchanges. Mend or remove the row.`,
    );
  }
  return exchanges.flatMap((exchange, i) => {
    const texts = Array.isArray(exchange) && exchange.length === 2 ? exchange : undefined;
    if (texts === undefined || !texts.every((text) => typeof text === 'string' && isWellFormed(text))) {
      return refuseRow(
        'malformed_messages',
        `exchange ${i + 1} of "${column}" is not a pair of texts, a question and its answer. Mend or remove the row.`,
      );
    }
    return (['user', 'assistant'] as const).map((role, side) => ({
      turn: textTurn(role, texts[side] as string),
      places: { text: { column, encoding, path: [i, side], more: [] } },
    }));
  });
}
