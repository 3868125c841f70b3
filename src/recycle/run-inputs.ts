import { ReflectionError } from '../errors.js';
import { loadTemplate } from '../prompt/load-template.js';
import type { Template } from '../prompt/template.js';
import { INSTRUCTION_PROMPT } from '../reflection/instruction-prompt.js';
import type { ReflectionPrompts } from '../reflection/load-prompt-files.js';
import { RESPONSE_PROMPT } from '../reflection/response-prompt.js';
import type { DefinitionName } from '../scoring/definition.js';
import { type SelectionPolicy, selectionPolicy } from '../selection/selection-policy.js';
import type { RecycleOptions } from './recycle-options.js';
import { DEFAULT_SAMPLING, type Sampling } from './reflections/teacher-reflections.js';
import type { RecycleMode } from './run/run-manifest.js';

/** The options that have defaults, with these in place. */
export interface RunInputs {
  readonly mode: RecycleMode;
  readonly prompts: ReflectionPrompts;
  readonly sampling: Sampling;
  readonly concurrency: number;
  readonly template: Template;
  readonly definition: DefinitionName;
  readonly policy: SelectionPolicy;
  readonly eager: boolean;
}

/** @throws {ReflectionError} `invalid_option` when the mode lacks its teacher or student, or a threshold is none. */
export async function runInputs(options: Omit<RecycleOptions, 'onStart'>): Promise<RunInputs> {
  const mode = options.mode ?? 'v2';
  requireParts(mode, options);
  return {
    mode,
    prompts: options.prompts ?? { instruction: INSTRUCTION_PROMPT, response: RESPONSE_PROMPT },
    sampling: { ...DEFAULT_SAMPLING, ...options.sampling },
    concurrency: options.concurrency ?? 8,
    template: options.template ?? (await loadTemplate('alpaca')),
    definition: options.definition ?? 'exact',
    policy: selectionPolicy(options.policy),
    eager: options.eager ?? false,
  };
}

function requireParts(
  mode: RecycleMode,
  { teacher, student }: Pick<RecycleOptions, 'teacher' | 'student'>,
): void {
  if (teacher === undefined && mode !== 'score-only') {
    throw new ReflectionError('invalid_option', `Mode ${mode} needs a teacher.`, {
      remedy: 'Name one: openai:<model>, gguf:<path> or replay:<journal>.',
    });
  }
  if (student === undefined && mode !== 'v1') {
    throw new ReflectionError('invalid_option', `Mode ${mode} needs a student.`, {
      remedy: 'Name a GGUF file, or choose mode v1, which keeps everything.',
    });
  }
}
