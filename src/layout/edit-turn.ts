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

/**
 * What has to change in a row for a turn to say something else, in the row's own layout and encoding. Material goes to the
 * column that is for it, or, where the layout has none, below the text. The turn has to have a place in the row.
 */
export function editTurn(
  object: JsonObject,
  places: TurnPlaces,
  said: { readonly text: string; readonly input: string },
): readonly RowEdit[] {
  if (places.text === undefined) throw new TypeError('the turn is not a text of the row');
  if (places.input === undefined) return editText(object, places.text, spokenText(said));
  return [...editText(object, places.text, said.text), ...editText(object, places.input, said.input)];
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
