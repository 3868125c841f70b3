import { spokenText } from '../domain/conversation.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import { replaceJsonValue } from '../util/replace-json-value.js';
import { parsePythonLiteral } from './python-literal.js';
import { pythonSource } from './python-source.js';
import type { TextPlace, TurnPlaces, ValuePath } from './text-place.js';

/** A text that takes the place of one in a row; the first step of its path is the column. */
export interface RowEdit {
  readonly path: ValuePath;
  readonly value: string;
}

/** A turn that is to say something else, by where it stands. */
export interface TurnEdit {
  readonly places: TurnPlaces;
  readonly said: { readonly text: string; readonly input: string };
}

/**
 * What has to change in a row for turns to say something else, in the row's own layout and encoding; to be done in order.
 * Material goes to the column that is for it, or, where the layout has none, below the text. Reasoning in a field of its
 * own led to what was said before, and goes. The turns have to have places in the row.
 */
export function editTurns(object: JsonObject, turns: readonly TurnEdit[]): readonly RowEdit[] {
  let edited = object;
  return turns.flatMap(({ places, said }) =>
    textEdits(places, said).flatMap(([place, text]) => {
      const edits = editText(edited, place, text).filter((edit) => changes(edited, edit));
      // a column that spells its value is spelled as a whole, what was done to it before included
      for (const { path, value } of edits) if (path.length === 1) edited = { ...edited, [path[0]!]: value };
      return edits;
    }),
  );
}

function textEdits(
  { text, input, reasoning }: TurnPlaces,
  said: TurnEdit['said'],
): readonly (readonly [TextPlace, string])[] {
  if (text === undefined) throw new TypeError('the turn is not a text of the row');
  const texts: (readonly [TextPlace, string])[] =
    input === undefined
      ? [[text, spokenText(said)]]
      : [
          [text, said.text],
          [input, said.input],
        ];
  return reasoning === undefined ? texts : [...texts, [reasoning, '']];
}

/** Of columns that are texts: one that is not there is an empty one, and keeps its spelling where nothing changes. */
function changes(object: JsonObject, { path, value }: RowEdit): boolean {
  return path.length > 1 || value !== (object[path[0]!] ?? '');
}

function editText(
  object: JsonObject,
  { column, encoding, path, more }: TextPlace,
  text: string,
): readonly RowEdit[] {
  const changes = [{ path, value: text }, ...more.map((rest) => ({ path: rest, value: '' }))];
  switch (encoding) {
    case 'plain':
      return changes.map((change) => ({ path: [column, ...change.path], value: change.value }));
    case 'json': {
      const source = changes.reduce(
        (json, change) => replaceJsonValue(json, change.path, JSON.stringify(change.value)),
        object[column] as string,
      );
      return [{ path: [column], value: source }];
    }
    case 'python': {
      const value = changes.reduce(
        (decoded, change) => replaced(decoded, change.path, change.value),
        parsePythonLiteral(object[column] as string),
      );
      return [{ path: [column], value: pythonSource(value) }];
    }
  }
}

/** A copy of a value with another text at `path`. */
export function replaced(value: unknown, [step, ...rest]: ValuePath, text: string): unknown {
  if (step === undefined) return text;
  if (Array.isArray(value)) {
    return value.map((element, i) => (i === step ? replaced(element, rest, text) : element));
  }
  const object = isJsonObject(value) ? value : {};
  return { ...object, [step]: replaced(object[step], rest, text) };
}
