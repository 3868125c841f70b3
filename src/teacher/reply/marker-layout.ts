import { createHash } from 'node:crypto';
import type { ReplyField, ReplySchema } from './reply-schema.js';

/** How the sections of a plain-text reply are told apart, for one request. */
export interface MarkerLayout {
  /** Part of every marker. Occurs nowhere in the request, so no text quoted from it can pass for a marker. */
  readonly nonce: string;
  /** The request holds no markers without nonce either: a reply that forgot the nonce can still be read. */
  readonly plainAllowed: boolean;
}

/**
 * Chooses markers for a request: the same for all of a schema, so that prompts begin alike, unless a request holds them.
 * The same request always gets the same ones.
 */
export function createMarkerLayout(schema: ReplySchema, requestText: string): MarkerLayout {
  let nonce = shortHash(JSON.stringify([schema.name, schema.fields.map(({ name }) => name)]));
  while (requestText.includes(nonce)) nonce = shortHash(nonce + requestText);
  const plain = new RegExp(`${markerPattern(schema.fields, '')}|${endPattern('')}`, 'i');
  return { nonce, plainAllowed: !plain.test(requestText) };
}

export function openMarker(field: ReplyField, nonce: string): string {
  return `[${field.name} ${nonce}]`;
}

export function endMarker(nonce: string): string {
  return `[end ${nonce}]`;
}

export type MarkedSections =
  | { readonly kind: 'sections'; readonly sections: Readonly<Record<string, string>> }
  | { readonly kind: 'unusable'; readonly detail: string };

/**
 * Reads the sections of a plain-text reply. Markers count at the start of a line, end markers also at its end, in
 * any case, with or without `:` and `**`. A section ends at the next marker or with the text.
 */
export function parseMarkers(text: string, schema: ReplySchema, layout: MarkerLayout): MarkedSections {
  const marked = readSections(text, schema, layout.nonce);
  return marked.kind === 'unusable' && layout.plainAllowed && !text.includes(layout.nonce)
    ? readSections(text, schema, '')
    : marked;
}

function readSections(text: string, schema: ReplySchema, nonce: string): MarkedSections {
  const sections = new Map<string, string>();
  let open: { readonly name: string; readonly start: number } | undefined;
  const close = (end: number) => {
    if (open !== undefined) sections.set(open.name, text.slice(open.start, end).trim());
    open = undefined;
  };
  for (const match of text.matchAll(anyMarker(schema.fields, nonce))) {
    close(match.index);
    const label = match.groups?.label ?? match.groups?.boldLabel;
    if (label === undefined) continue;
    const field = schema.fields.find(({ name }) => squash(name) === squash(label))!;
    if (sections.has(field.name)) return unusable(`The section "${field.name}" occurs twice.`);
    open = { name: field.name, start: match.index + match[0].length };
  }
  close(text.length);
  const missing = schema.fields.find(({ name }) => !sections.has(name));
  if (missing !== undefined) return unusable(`The section "${missing.name}" is missing.`);
  return { kind: 'sections', sections: Object.fromEntries(sections) };
}

function unusable(detail: string): MarkedSections {
  return { kind: 'unusable', detail };
}

/** An opening marker (with its label as a group) or an end marker, wherever each may stand. */
function anyMarker(fields: readonly ReplyField[], nonce: string): RegExp {
  const end = endPattern(nonce);
  const lead = String.raw`^[ \t]*(?:#{1,6}[ \t]+|\d{1,2}[.)][ \t]+)?`;
  const bold = String.raw`\*\*${markerPattern(fields, nonce, 'boldLabel')}:?\*\*:?`;
  const bare = `${markerPattern(fields, nonce, 'label')}:?`;
  const endAtStart = String.raw`^[ \t]*(?:\*\*)?${end}`;
  const endAtEnd = String.raw`(?:\*\*)?${end}:?(?:\*\*)?[.:]?[ \t]*$`;
  return new RegExp(`${lead}(?:${bold}|${bare})|${endAtStart}|${endAtEnd}`, 'gim');
}

function markerPattern(fields: readonly ReplyField[], nonce: string, group?: string): string {
  const labels = fields.map(({ name }) => name.split('_').join(String.raw`[_ \t-]*`)).join('|');
  const label = group === undefined ? `(?:${labels})` : `(?<${group}>${labels})`;
  return String.raw`\[[ \t]*${label}${noncePattern(nonce)}[ \t]*\]`;
}

function endPattern(nonce: string): string {
  return String.raw`\[[ \t]*end${noncePattern(nonce)}[ \t]*\]`;
}

function noncePattern(nonce: string): string {
  return nonce === '' ? '' : String.raw`[ \t:_-]*${nonce}`;
}

/** A label as compared: markers may be written with spaces, hyphens or underscores. */
function squash(label: string): string {
  return label.toLowerCase().replace(/[_ \t-]/g, '');
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
