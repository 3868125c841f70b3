import { isWellFormed } from '../../util/json-value.js';
import { findJsonObjects } from './find-json-objects.js';
import { parseMarkers } from './marker-layout.js';
import type { ReplyLayout } from './reply-layout.js';
import { isPlaceholder, type ReplySchema, replyValidator } from './reply-schema.js';
import { stripReasoning } from './strip-reasoning.js';

export type ParsedReply =
  | { readonly kind: 'parsed'; readonly fields: Readonly<Record<string, string>> }
  | {
      readonly kind: 'unusable';
      readonly reason: 'refused' | 'unparsable' | 'empty';
      readonly detail: string;
    };

/**
 * Reads the fields out of what a teacher wrote: all of them, or none. Reasoning in front, code fences and chatter
 * around the reply are tolerated; two different replies in one text are not, since choosing would be guessing.
 */
export function parseReply(text: string, schema: ReplySchema, layout: ReplyLayout): ParsedReply {
  const reply = stripReasoning(text);
  if (reply.trim() === '') return unusable('empty', 'The teacher wrote no reply.');
  const read = layout.kind === 'json' ? readJson(reply, schema) : parseMarkers(reply, schema, layout.markers);
  if (read.kind === 'unusable') {
    return isApology(reply)
      ? unusable('refused', 'The teacher apologised in place of a reply.')
      : unusable('unparsable', read.detail);
  }
  return acceptFields(read.sections, schema);
}

type ReadFields = ReturnType<typeof parseMarkers>;

function readJson(reply: string, schema: ReplySchema): ReadFields {
  const validator = replyValidator(schema);
  const objects = findJsonObjects(reply);
  if (objects.length === 0)
    return { kind: 'unusable', detail: 'The reply holds no JSON object as asked for.' };
  const checked = objects.map((object) => validator.safeParse(object));
  const different = new Map(
    checked.flatMap(({ data }) => (data === undefined ? [] : [[JSON.stringify(data), data] as const])),
  );
  if (different.size > 1) {
    return {
      kind: 'unusable',
      detail: `The reply holds ${different.size} different JSON objects as asked for.`,
    };
  }
  for (const sections of different.values()) return { kind: 'sections', sections };
  const issue = checked[0]?.error?.issues[0];
  return {
    kind: 'unusable',
    detail: `The JSON object does not fit: ${issue?.path.join('.')}: ${issue?.message}.`,
  };
}

function acceptFields(raw: Readonly<Record<string, string>>, schema: ReplySchema): ParsedReply {
  const fields: Record<string, string> = {};
  for (const field of schema.fields) {
    const value = raw[field.name]!.trim();
    if (!isWellFormed(value)) return unusable('unparsable', `"${field.name}" holds half a character.`);
    const saysNothing = field.kind === 'text' && (value === '' || isPlaceholder(value, field, schema));
    if (saysNothing && field.optional !== true) {
      return unusable(
        'empty',
        value === ''
          ? `"${field.name}" is blank.`
          : `"${field.name}" is only the placeholder ${JSON.stringify(value)}.`,
      );
    }
    fields[field.name] = saysNothing ? '' : value;
  }
  return { kind: 'parsed', fields };
}

const APOLOGY =
  /^["'*\s]*(?:(?:i['’]m|i am|we['’]re|we are)\s+(?:very\s+|so\s+|really\s+)?sorry|sorry,|(?:i|we)\s+(?:cannot|can['’]t|can not|won['’]t|am unable|['’]m unable|must decline|have to decline)|(?:i['’]m|i am)\s+(?:unable|not able)|as an ai\b|unfortunately,? i\s+(?:cannot|can['’]t|am unable))/i;
/** Longer texts that begin with regret say something else as well. */
const MAX_APOLOGY_CHARACTERS = 600;

function isApology(reply: string): boolean {
  return reply.length <= MAX_APOLOGY_CHARACTERS && APOLOGY.test(reply);
}

function unusable(reason: 'refused' | 'unparsable' | 'empty', detail: string): ParsedReply {
  return { kind: 'unusable', reason, detail };
}
