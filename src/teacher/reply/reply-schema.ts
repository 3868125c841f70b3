import { z } from 'zod';
import { trimCharacters } from '../../util/trim-characters.js';

export interface ReplyField {
  /** Letters, digits and underscores; unique within the schema, whatever the case. */
  readonly name: string;
  /** What the teacher shall write there; shown to it. */
  readonly description: string;
  /** A `critique` is thought on the way to the `text` fields, and may be blank. */
  readonly kind: 'critique' | 'text';
  /** A `text` field that says nothing is no fault of the reply: it counts as blank. */
  readonly optional?: boolean;
}

/** What a reply consists of. Everything sent to a teacher or checked of its reply's layout follows from this. */
export interface ReplySchema {
  /** Letters, digits and underscores. */
  readonly name: string;
  /** In the order of writing: what comes first informs what comes later, so critiques precede texts. */
  readonly fields: readonly ReplyField[];
  /** Values that stand for "nothing written", compared as wholes: case and punctuation around them aside. */
  readonly placeholders?: readonly string[];
}

/** Checks that a parsed JSON value has every field as a string; further members are dropped. */
export function replyValidator(schema: ReplySchema): z.ZodType<Record<string, string>> {
  return z.object(
    Object.fromEntries(
      schema.fields.map(({ name, description }) => [name, z.string().describe(description)]),
    ),
  );
}

/** The schema as strict JSON Schema: an object of strings, all required, none besides. */
export function replyJsonSchema(schema: ReplySchema): Record<string, unknown> {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(replyValidator(schema));
  return jsonSchema;
}

/** True when `value` says nothing: a placeholder of the schema, or the field's own name or description. */
export function isPlaceholder(value: string, field: ReplyField, schema: ReplySchema): boolean {
  const words = [
    ...(schema.placeholders ?? []),
    field.name.replaceAll('_', ' '),
    field.name,
    field.description,
  ];
  const bare = bareWords(value);
  return words.some((word) => bareWords(word) === bare);
}

const ENCLOSING = new Set(' []<>(){}"\'`*_.:');

/** Case, white space and enclosing punctuation removed: `[Your Answer]` and `your answer.` are the same. */
function bareWords(text: string): string {
  const folded = text.toLowerCase().replace(/\s+/g, ' ');
  const bare = trimCharacters(folded, ENCLOSING);
  return bare === '' ? folded.trim() : bare;
}
