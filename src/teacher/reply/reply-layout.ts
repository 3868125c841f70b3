import type { ReplyFormat, TeacherRequest } from '../teacher.js';
import { createMarkerLayout, endMarker, type MarkerLayout, openMarker } from './marker-layout.js';
import type { ReplySchema } from './reply-schema.js';

/** How one reply has to look: as JSON, or with these markers. */
export type ReplyLayout =
  | { readonly kind: 'json' }
  | { readonly kind: 'markers'; readonly markers: MarkerLayout };

/** The two messages of a request with the layout asked for in them, and that layout. */
export interface LaidOutPrompt {
  readonly system: string;
  readonly user: string;
  readonly layout: ReplyLayout;
}

/**
 * What is the same for all requests of a schema comes first, so that a server has to compute it once; the reminder at the
 * end is for models that have forgotten it by then. Also formats that enforce JSON ask for it in words: many servers
 * constrain a reply without telling the model.
 */
export function layOutPrompt(
  request: Pick<TeacherRequest, 'system' | 'user' | 'schema'>,
  format: ReplyFormat,
): LaidOutPrompt {
  const { system, user, schema } = request;
  if (format !== 'markers') {
    return {
      system: `${system}\n\n${jsonWording(schema)}`,
      user: `${user}\n\nReply with the JSON object and nothing else.`,
      layout: { kind: 'json' },
    };
  }
  const markers = createMarkerLayout(schema, `${system}\n${user}`);
  return {
    system: `${system}\n\n${markerWording(schema, markers.nonce)}`,
    user: `${user}\n\nReply in the sections asked for, each behind its line in brackets.`,
    layout: { kind: 'markers', markers },
  };
}

function jsonWording(schema: ReplySchema): string {
  const members = schema.fields.map(({ name, description }) => `- "${name}": ${description}`);
  return [
    'Reply with a single JSON object and nothing else. Its members are strings, in this order:',
    ...members,
  ].join('\n');
}

function markerWording(schema: ReplySchema, nonce: string): string {
  const sections = schema.fields.map(
    (field) => `${openMarker(field, nonce)}\n${field.description}\n${endMarker(nonce)}`,
  );
  return [
    'Reply in plain text, in the sections below and in their order. Keep each line in brackets as it is; put your own words between them.',
    ...sections,
  ].join('\n\n');
}
