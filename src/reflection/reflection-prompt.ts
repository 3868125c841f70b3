import { hash } from 'node:crypto';
import type { Sample } from '../domain/sample.js';
import type { ReplySchema } from '../teacher/reply/reply-schema.js';
import { fence, fenceTag } from './fence.js';
import type { SampleContext } from './sample-context.js';
import { showTurns } from './show-turns.js';

/**
 * Changes whenever the wording of a built-in prompt, the fields of a reply, the way a sample is shown or the way a reply's
 * layout is asked for do.
 */
export const PROMPT_VERSION = '2';

/** Stands where a prompt's text shows the sample. */
export const SAMPLE_PLACEHOLDER = '{sample}';

/** How a teacher is asked to reflect on a sample. */
export interface ReflectionPrompt {
  /** {@link PROMPT_VERSION}, or `custom` for a user's own wording. */
  readonly version: string;
  readonly system: string;
  /** Holds {@link SAMPLE_PLACEHOLDER} once. What the reply consists of is no part of it: the teacher adds that. */
  readonly user: string;
  readonly schema: ReplySchema;
  /** The first 16 hex digits of SHA-256 over all that reaches the teacher except the sample. */
  readonly hash: string;
}

/** One request to a teacher. */
export interface ReflectionRequest {
  readonly system: string;
  readonly user: string;
  readonly schema: ReplySchema;
}

export function createPrompt(parts: Omit<ReflectionPrompt, 'hash'>): ReflectionPrompt {
  const { system, user, schema } = parts;
  const content = JSON.stringify([PROMPT_VERSION, system, user, schema]);
  return { ...parts, hash: hash('sha256', content, 'hex').slice(0, 16) };
}

/**
 * Asks a teacher to reflect on one sample. Its texts appear verbatim, each between delimiters that none of them
 * contains; the block for an input is there only when the sample has one.
 * @param context - The conversation around the sample, which is shown in the same way and told apart from it.
 */
export function renderRequest(
  prompt: ReflectionPrompt,
  sample: Sample,
  context?: SampleContext,
): ReflectionRequest {
  const { system, user, schema } = prompt;
  // A replacer function, because `$&` in a replacement text would be expanded.
  return {
    system,
    user: user.replace(SAMPLE_PLACEHOLDER, () => fencedSample(prompt, sample, context)),
    schema,
  };
}

function fencedSample({ system, user }: ReflectionPrompt, sample: Sample, context?: SampleContext): string {
  const { instruction, input, output } = sample;
  const { before = [], between = [], tools = [] } = context ?? {};
  const around = [...before, ...between];
  const said = [...around.flatMap(({ text, input }) => [text, input]), JSON.stringify([around, tools])];
  const texts = context === undefined ? [] : said;
  const tag = fenceTag([instruction, input, output, system, user, ...texts]);
  const blocks: string[] = context === undefined ? [] : [CONTEXT_NOTE];
  if (tools.length > 0) blocks.push(fence('CONTEXT: TOOLS', JSON.stringify(tools), tag));
  blocks.push(...showTurns(before, tag));
  if (instruction !== '' || context === undefined) blocks.push(fence('INSTRUCTION', instruction, tag));
  if (input !== '') blocks.push(fence('INPUT', input, tag));
  blocks.push(...showTurns(between, tag), fence('ANSWER', output, tag));
  return blocks.join('\n\n');
}

/** Of a sample within a conversation. */
const CONTEXT_NOTE =
  'The sample is one exchange of a longer conversation. Blocks called CONTEXT are the rest of it up to the answer: ' +
  'use them to understand the exchange, and do not judge them. What you write takes the place of the exchange, so ' +
  'it has to follow from the conversation, and may rely on what was said there.';
