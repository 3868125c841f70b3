import { z } from 'zod';
import { REJECTION_REASONS, REPLY_MODES, type TeacherReply } from './teacher.js';

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
    cost: z.number().nullable(),
    estimated: z.boolean(),
  }),
  retries: z.number(),
  milliseconds: z.number(),
};

const ENTRY: z.ZodType<JournalEntry> = z.object({
  key: z.string(),
  requestHash: z.string(),
  teacher: z.string(),
  reply: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('answered'),
      fields: z.record(z.string(), z.string()),
      rawText: z.string(),
      mode: z.enum(REPLY_MODES),
      ...FACTS,
    }),
    z.object({
      kind: z.literal('rejected'),
      reason: z.enum(REJECTION_REASONS),
      detail: z.string(),
      rawText: z.string().nullable(),
      mode: z.enum(REPLY_MODES).nullable(),
      ...FACTS,
    }),
  ]),
});

/** Undefined when the line is no entry. */
export function parseJournalEntry(line: string): JournalEntry | undefined {
  try {
    return ENTRY.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

export function formatJournalEntry(entry: JournalEntry): string {
  return `${JSON.stringify(entry)}\n`;
}
