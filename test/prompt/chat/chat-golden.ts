import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Conversation } from '../../../src/domain/conversation.js';
import type { Layout } from '../../../src/layout/layout.js';
import { readRowContent } from '../../../src/layout/read-row.js';
import { ChatTemplate } from '../../../src/prompt/chat/chat-template.js';
import type { JsonObject } from '../../../src/util/json-value.js';
import { PROJECT_ROOT } from '../../helpers/paths.js';

/** What transformers makes of a conversation: see bench/baselines/chat_templates.py. */
export interface GoldenRendering {
  readonly text: string;
  /** What assistants write, in UTF-16 units. */
  readonly spans: readonly (readonly [number, number])[];
}

export type GoldenCase =
  | { readonly error: string }
  | (GoldenRendering & {
      /** By index of the turn, the rendering that ends with it. */
      readonly alone: Readonly<Record<string, GoldenRendering>>;
    });

interface GoldenFile {
  readonly bos: string;
  readonly eos: string;
  readonly day: string;
  readonly renderings: Readonly<Record<string, Readonly<Record<string, GoldenCase>>>>;
}

const directory = join(PROJECT_ROOT, 'test/fixtures/chat-templates');

function read(name: string): string {
  return readFileSync(join(directory, name), 'utf8');
}

export const GOLDEN = JSON.parse(read('golden.json')) as GoldenFile;

export const TEMPLATE_NAMES = readdirSync(directory)
  .filter((name) => name.endsWith('.jinja'))
  .map((name) => name.replace('.jinja', ''));

export function chatTemplate(name: string, day = GOLDEN.day): ChatTemplate {
  return new ChatTemplate({
    name,
    source: read(`${name}.jinja`),
    bosText: GOLDEN.bos,
    eosText: GOLDEN.eos,
    date: day === NO_DAY ? undefined : new Date(day),
  });
}

/** For a template that is told none. */
export const NO_DAY = 'none';

const LAYOUT: Layout = { name: 'messages', columns: { messages: 'messages', tools: 'tools' }, tags: {} };

export function conversationFrom(row: JsonObject): Conversation {
  const content = readRowContent(row, LAYOUT);
  if (content.kind !== 'conversation') throw new Error(JSON.stringify(content));
  return content.conversation;
}

export const CONVERSATIONS: Readonly<Record<string, Conversation>> = Object.fromEntries(
  Object.entries(JSON.parse(read('conversations.json')) as Record<string, JsonObject>).map(([name, row]) => [
    name,
    conversationFrom(row),
  ]),
);
