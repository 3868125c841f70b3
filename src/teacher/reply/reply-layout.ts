import type { ReplyFormat, TeacherRequest } from '../teacher.js';
import { createMarkerLayout, endMarker, type MarkerLayout, openMarker } from './marker-layout.js';
import type { ReplySchema } from './reply-schema.js';

/** How one reply has to look: as JSON, or with these markers. */
export type ReplyLayout =
  | { readonly kind: 'json' }
  | { readonly kind: 'markers'; readonly markers: MarkerLayout };

/** The user message with the layout asked for at its end, and that layout. */
export interface LaidOutPrompt {
  readonly user: string;
  readonly layout: ReplyLayout;
}

/** Also formats that enforce JSON ask for it in words: many servers constrain a reply without telling the model. */
export function layOutPrompt(
  request: Pick<TeacherRequest, 'system' | 'user' | 'schema'>,
  format: ReplyFormat,
): LaidOutPrompt {
  const { system, user, schema } = request;
  if (format !== 'markers') return { user: `${user}\n\n${jsonWording(schema)}`, layout: { kind: 'json' } };
  const markers = createMarkerLayout(schema, `${system}\n${user}`);
  return { user: `${user}\n\n${markerWording(schema, markers.nonce)}`, layout: { kind: 'markers', markers } };
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
