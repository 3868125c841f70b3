import { z } from 'zod';
import { parseJsonIfValid } from '../../util/json-value.js';
import { REPLY_FAILURES, REPLY_FORMATS, type TeacherReply } from '../teacher.js';
import { inPresentSpelling } from './earlier-spelling.js';

/** One line of a journal: what was asked, told by its hash, and what came back. */
export interface JournalEntry {
  readonly key: string;
  readonly requestHash: string;
  /** The id of the teacher that replied. */
  readonly teacher: string;
  readonly reply: TeacherReply;
}

const FACTS = {
  model: z.string(),
  usage: z.object({
    promptTokens: z.number(),
    completionTokens: z.number(),
    cachedTokens: z.number().optional(),
    reasoningTokens: z.number().optional(),
    cost: z.number().nullable(),
    estimated: z.boolean(),
  }),
  retries: z.number(),
  milliseconds: z.number(),
  reasoning: z.string().optional(),
};

const REPLY = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    fields: z.record(z.string(), z.string()),
    rawText: z.string(),
    format: z.enum(REPLY_FORMATS),
    ...FACTS,
  }),
  z.object({
    kind: z.literal('failed'),
    reason: z.enum(REPLY_FAILURES),
    detail: z.string(),
    rawText: z.string().nullable(),
    format: z.enum(REPLY_FORMATS).nullable(),
    ...FACTS,
  }),
]);

const ENTRY: z.ZodType<JournalEntry> = z.object({
  key: z.string(),
  requestHash: z.string(),
  teacher: z.string(),
  reply: z.preprocess(inPresentSpelling, REPLY),
});

/** Undefined when the line is no entry. */
export function parseJournalEntry(line: string): JournalEntry | undefined {
  return ENTRY.safeParse(parseJsonIfValid(line)).data;
}

export function formatJournalEntry(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}
