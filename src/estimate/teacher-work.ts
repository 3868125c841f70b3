import type { LaidOutRow } from '../dataset/open-dataset.js';
import type { TurnChoice } from '../options/choices.js';
import { turnsToRecycle } from '../recycle/rows/recycled-turn.js';
import type { ReflectionPrompts } from '../reflection/load-prompt-files.js';
import { type ReflectionPrompt, renderRequest } from '../reflection/reflection-prompt.js';
import { type Interval, scaled, totalOf } from './interval.js';

/** What a teacher is going to be asked, and what that costs. */
export interface TeacherEstimate {
  readonly requests: Interval;
  readonly promptTokens: Interval;
  readonly replyTokens: Interval;
  /** Undefined without prices. */
  readonly cost: Interval | undefined;
}

/** Bytes a token: what tokenizers of large models make of European languages and code, and how far they differ. */
const BYTES_PER_TOKEN = { likely: 4, least: 3.2, most: 4.8 };
/** A reply writes texts of the sample anew, and a few sentences on each criterion. */
const CRITIQUE_TOKENS = 40;
/** New texts are often longer than the old, seldom shorter than half of them. */
const REPLY_RANGE = { least: 0.6, most: 2.2 };

export interface TeacherWays {
  readonly prompts: ReflectionPrompts;
  readonly turns: TurnChoice;
  /** All three variants are made; otherwise, for most rows, two. */
  readonly isEager: boolean;
  /** Of a million tokens each. */
  readonly prices: { readonly prompt: number; readonly reply: number } | undefined;
}

/**
 * What a teacher takes for all rows, from a sample of them: requests as they are worded, in bytes. A candidate that is
 * reflected on again is taken to be as long as what it replaces.
 */
export function teacherEstimate(
  rows: readonly LaidOutRow[],
  total: number,
  { prompts, turns, isEager, prices }: TeacherWays,
): TeacherEstimate {
  const asked = rows.map((row) => {
    if (row.kind === 'bad') return { requests: 0, promptBytes: 0, replyTokens: 0 };
    const requests = turnsToRecycle(row, turns).flatMap(({ sample, context, openness }) => {
      const answers = openness === 'nothing' ? 0 : isEager ? 2 : 1;
      const ask = (prompt: ReflectionPrompt) => {
        const { system, user } = renderRequest(prompt, sample, context);
        const text = Object.values(sample).reduce((sum, value) => sum + Buffer.byteLength(value), 0);
        return {
          bytes: Buffer.byteLength(system) + Buffer.byteLength(user),
          reply: text / BYTES_PER_TOKEN.likely + CRITIQUE_TOKENS * critiques(prompt),
        };
      };
      return [
        ...(openness === 'pair' ? [ask(prompts.instruction)] : []),
        ...Array.from({ length: openness === 'pair' ? answers : Math.min(1, answers) }, () =>
          ask(prompts.response),
        ),
      ];
    });
    return {
      requests: requests.length,
      promptBytes: requests.reduce((sum, { bytes }) => sum + bytes, 0),
      replyTokens: requests.reduce((sum, { reply }) => sum + reply, 0),
    };
  });
  const of = (read: (row: (typeof asked)[number]) => number) => totalOf(asked.map(read), total);
  const bytes = of(({ promptBytes }) => promptBytes);
  const promptTokens = {
    likely: bytes.likely / BYTES_PER_TOKEN.likely,
    low: bytes.low / BYTES_PER_TOKEN.most,
    high: bytes.high / BYTES_PER_TOKEN.least,
  };
  const reply = of(({ replyTokens }) => replyTokens);
  const replyTokens = { ...reply, low: reply.low * REPLY_RANGE.least, high: reply.high * REPLY_RANGE.most };
  return {
    requests: of(({ requests }) => requests),
    promptTokens,
    replyTokens,
    cost: prices && costOf(promptTokens, replyTokens, prices),
  };
}

function critiques({ schema }: ReflectionPrompt): number {
  return schema.fields.filter(({ kind }) => kind === 'critique').length;
}

function costOf(
  promptTokens: Interval,
  replyTokens: Interval,
  { prompt, reply }: { readonly prompt: number; readonly reply: number },
): Interval {
  const [a, b] = [scaled(promptTokens, prompt / 1e6), scaled(replyTokens, reply / 1e6)];
  return { likely: a.likely + b.likely, low: a.low + b.low, high: a.high + b.high };
}
