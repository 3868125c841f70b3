import { ReflectionError } from '../errors.js';
import { BatchTeacher, type BatchTeacherOptions } from './batch/batch-teacher.js';
import { LocalGgufTeacher, type LocalGgufTeacherOptions } from './gguf/local-gguf-teacher.js';
import { RecordingTeacher } from './journal/recording-teacher.js';
import { ReplayTeacher } from './journal/replay-teacher.js';
import { TeacherJournal } from './journal/teacher-journal.js';
import { OpenAITeacher, type OpenAITeacherOptions } from './openai/openai-teacher.js';
import type { Teacher } from './teacher.js';

export interface CreateTeacherOptions {
  /** For `openai:` only. */
  readonly openai?: Omit<OpenAITeacherOptions, 'model'> | undefined;
  /** For `gguf:` only. */
  readonly gguf?: Omit<LocalGgufTeacherOptions, 'modelPath'> | undefined;
  /** A file to record all replies in, from which `replay:` can repeat them. */
  readonly journal?: string | undefined;
}

/**
 * Opens the teacher that a specification names: `openai:<model>`, `gguf:<path>` or `replay:<journal>`.
 * @throws {ReflectionError} `invalid_option` for any other, and what opening it throws.
 */
export async function createTeacher(spec: string, options: CreateTeacherOptions = {}): Promise<Teacher> {
  const teacher = await openTeacher(spec, options);
  if (options.journal === undefined) return teacher;
  try {
    return new RecordingTeacher(teacher, await TeacherJournal.open(options.journal));
  } catch (error) {
    await teacher[Symbol.asyncDispose]();
    throw error;
  }
}

export interface CreateBatchTeacherOptions extends CreateTeacherOptions {
  readonly batch: Pick<BatchTeacherOptions, 'statePath' | 'requestsPerBatch' | 'pollMs'>;
}

/**
 * Opens the same teacher to be asked through its provider's batch API, which only `openai:<model>` can be.
 * @throws {ReflectionError} `invalid_option`, and as {@link createTeacher} does.
 */
export async function createBatchTeacher(
  spec: string,
  { openai, journal, batch }: CreateBatchTeacherOptions,
): Promise<BatchTeacher> {
  const { kind, target } = parseSpec(spec);
  if (kind !== 'openai') {
    throw new ReflectionError('invalid_option', `The teacher ${spec} takes no batches.`, {
      remedy: 'Use openai:<model> at a provider with a batch API, or leave out --teacher-batch.',
    });
  }
  return new BatchTeacher({
    ...openai,
    ...batch,
    model: target,
    journal: journal === undefined ? undefined : await TeacherJournal.open(journal),
  });
}

async function openTeacher(spec: string, options: CreateTeacherOptions): Promise<Teacher> {
  const { kind, target } = parseSpec(spec);
  switch (kind) {
    case 'openai':
      return new OpenAITeacher({ ...options.openai, model: target });
    case 'gguf':
      return LocalGgufTeacher.load({ ...options.gguf, modelPath: target });
    case 'replay':
      return ReplayTeacher.open(target);
  }
}

function parseSpec(spec: string) {
  const [, kind, target] = /^(openai|gguf|replay):(.+)$/s.exec(spec) ?? [];
  if (kind === undefined || target === undefined) {
    throw new ReflectionError('invalid_option', `${JSON.stringify(spec)} does not name a teacher.`, {
      remedy: 'Use openai:<model>, gguf:<path to a GGUF file> or replay:<path to a journal>.',
    });
  }
  return { kind: kind as 'openai' | 'gguf' | 'replay', target };
}
