import { readFile } from 'node:fs/promises';
import { ReflectionError } from '../errors.js';
import { trimEndCharacters } from '../util/trim-characters.js';
import { INSTRUCTION_PROMPT } from './instruction-prompt.js';
import { createPrompt, type ReflectionPrompt, SAMPLE_PLACEHOLDER } from './reflection-prompt.js';
import { RESPONSE_PROMPT } from './response-prompt.js';

/** Files with the user's own wording; what is not given stays as it is built in. */
export interface PromptFiles {
  readonly instruction?: string | undefined;
  readonly response?: string | undefined;
  /** Replaces the system prompt of both. Holds no placeholder. */
  readonly system?: string | undefined;
}

export interface ReflectionPrompts {
  readonly instruction: ReflectionPrompt;
  readonly response: ReflectionPrompt;
}

/**
 * The prompts to reflect with. A prompt file is UTF-8 text that shows the sample where it says `{sample}`, once;
 * other braces are plain text. What the reply consists of cannot be changed, and the teacher adds it. Newlines at
 * the end of a file are dropped.
 * @throws {ReflectionError} `invalid_template` naming the file and what is wrong with it.
 */
export async function loadPromptFiles(files: PromptFiles): Promise<ReflectionPrompts> {
  const system = files.system === undefined ? undefined : await loadSystem(files.system);
  return {
    instruction: await reword(INSTRUCTION_PROMPT, system, files.instruction),
    response: await reword(RESPONSE_PROMPT, system, files.response),
  };
}

async function reword(
  prompt: ReflectionPrompt,
  system: string | undefined,
  file: string | undefined,
): Promise<ReflectionPrompt> {
  if (system === undefined && file === undefined) return prompt;
  return createPrompt({
    version: 'custom',
    system: system ?? prompt.system,
    user: file === undefined ? prompt.user : await loadUser(file),
    schema: prompt.schema,
  });
}

async function loadUser(file: string): Promise<string> {
  const text = await readText(file);
  const samples = text.split(SAMPLE_PLACEHOLDER).length - 1;
  if (samples === 1) return text;
  throw unusable(file, `it must hold ${SAMPLE_PLACEHOLDER} once, but holds it ${samples} times`, {
    remedy: `Write ${SAMPLE_PLACEHOLDER} where the sample belongs.`,
  });
}

async function loadSystem(file: string): Promise<string> {
  const text = await readText(file);
  if (!text.includes(SAMPLE_PLACEHOLDER)) return text;
  throw unusable(file, `a system prompt is the same for all samples, but it holds ${SAMPLE_PLACEHOLDER}`, {
    remedy: `Move ${SAMPLE_PLACEHOLDER} to the instruction or response prompt.`,
  });
}

const LINE_BREAKS = new Set('\r\n');

async function readText(file: string): Promise<string> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(file));
  } catch (cause) {
    throw unusable(file, (cause as Error).message, { remedy: 'Name a readable file of UTF-8 text.', cause });
  }
  const trimmed = trimEndCharacters(text, LINE_BREAKS);
  if (trimmed.trim() === '') throw unusable(file, 'it is empty', { remedy: 'Write the prompt into it.' });
  return trimmed;
}

function unusable(file: string, problem: string, details: { remedy: string; cause?: unknown }) {
  return new ReflectionError('invalid_template', `prompt file '${file}': ${problem}`, details);
}
