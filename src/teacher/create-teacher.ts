import type { AnyOptions } from '../options/applicability.js';
import { concurrencyFor } from '../options/defaults.js';
import { optionError } from '../options/option-error.js';
import { checkOptions } from '../options/option-schema.js';
import type { Options } from '../options/option-table.js';
import { refuseMisfits, requireNeeds } from '../options/read-options.js';
import { parseTeacherName, type TeacherNameParts } from '../options/teacher-name.js';
import { defined } from '../util/defined.js';
import { BatchTeacher } from './batch/batch-teacher.js';
import { LocalGgufTeacher } from './gguf/local-gguf-teacher.js';
import { RecordingTeacher } from './journal/recording-teacher.js';
import { ReplayTeacher } from './journal/replay-teacher.js';
import { TeacherJournal } from './journal/teacher-journal.js';
import { OpenAITeacher } from './openai/openai-teacher.js';
import type { Spent } from './openai/pacing/budget.js';
import type { Price } from './openai/pacing/token-counts.js';
import type { Teacher } from './teacher.js';

/** The options of a teacher itself, in whatever way it is asked; which concern which way is in the table of options. */
export const TEACHER_OPTION_NAMES = [
  ...([
    'baseUrl',
    'apiKeyVariable',
    'allowInsecureHttp',
    'requestTimeout',
    'retryWait',
    'maxResponseBytes',
    'rpm',
    'tpm',
  ] as const),
  ...(['maxCost', 'promptPrice', 'replyPrice', 'maxTeacherTokens', 'batchSize', 'batchPoll'] as const),
  ...([
    'concurrency',
    'maxFieldCharacters',
    'teacherContext',
    'teacherDevice',
    'threads',
    'journal',
  ] as const),
] as const;
export type TeacherOptions = Options<(typeof TEACHER_OPTION_NAMES)[number]>;

export interface CreateTeacherOptions extends Omit<TeacherOptions, 'batchSize' | 'batchPoll'> {
  /** Counts towards the limits, e.g. of the run that is being resumed. */
  readonly spent?: Spent | undefined;
}

export interface CreateBatchTeacherOptions extends TeacherOptions, Pick<CreateTeacherOptions, 'spent'> {
  /** File that remembers which batches were handed in. */
  readonly statePath: string;
}

/**
 * Opens the teacher that a name tells: `openai:<model>`, `gguf:<path>` or `replay:<journal>`.
 * @throws {ReflectionError} `invalid_option` for any other name, for an option that does not concern this teacher, and
 *   what opening it throws.
 */
export async function createTeacher(name: string, given: CreateTeacherOptions = {}): Promise<Teacher> {
  const { spent, ...rest } = given;
  const options = checkOptions(TEACHER_OPTION_NAMES, rest);
  refuseOthers({ ...options, teacher: name });
  const teacher = await openTeacher(name, options, spent);
  if (options.journal === undefined) return teacher;
  try {
    return new RecordingTeacher(teacher, await TeacherJournal.open(options.journal));
  } catch (error) {
    await teacher[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Opens the same teacher to be asked through its provider's batch API, which only `openai:<model>` can be.
 * @throws {ReflectionError} `invalid_option`, and as {@link createTeacher} does.
 */
export async function createBatchTeacher(
  name: string,
  given: CreateBatchTeacherOptions,
): Promise<BatchTeacher> {
  const { spent, statePath, ...rest } = given;
  const options = checkOptions(TEACHER_OPTION_NAMES, rest);
  refuseOthers({ ...options, teacher: name, teacherBatch: true });
  const { batchSize, batchPoll, journal } = options;
  return new BatchTeacher({
    ...serverOptions(options),
    ...defined({ requestsPerBatch: batchSize, pollMs: milliseconds(batchPoll) }),
    model: parse(name).target,
    spent,
    statePath,
    journal: journal === undefined ? undefined : await TeacherJournal.open(journal),
  });
}

function refuseOthers(options: AnyOptions): void {
  parse(options.teacher!);
  refuseMisfits('reflect', options);
  requireNeeds('reflect', options);
}

async function openTeacher(
  name: string,
  options: CreateTeacherOptions,
  spent: Spent | undefined,
): Promise<Teacher> {
  const { kind, target } = parse(name);
  const concurrency = concurrencyFor(kind, options.concurrency);
  switch (kind) {
    case 'openai':
      return new OpenAITeacher({
        ...serverOptions(options),
        model: target,
        spent,
        concurrency,
        requestsPerMinute: options.rpm,
        tokensPerMinute: options.tpm,
        timeoutMs: milliseconds(options.requestTimeout),
        maxResponseBytes: options.maxResponseBytes,
      });
    case 'gguf':
      return LocalGgufTeacher.load({
        modelPath: target,
        device: options.teacherDevice,
        threads: options.threads,
        sequences: concurrency,
        contextSize: options.teacherContext,
        maxFieldCharacters: options.maxFieldCharacters,
      });
    case 'replay':
      return ReplayTeacher.open(target);
  }
}

/** What is the same for a server that is asked live and for one that takes batches. */
function serverOptions({
  baseUrl,
  apiKeyVariable,
  allowInsecureHttp,
  retryWait,
  maxCost,
  maxTeacherTokens,
  promptPrice,
  replyPrice,
}: CreateTeacherOptions) {
  return {
    baseUrl,
    apiKeyVariable,
    allowInsecureHttp,
    maxCost,
    maxTokens: maxTeacherTokens,
    retry: defined({ baseMs: milliseconds(retryWait) }),
    price: priceOf({ promptPrice, replyPrice }),
  };
}

/** What a million tokens cost; undefined where that is not known. */
export function priceOf({
  promptPrice,
  replyPrice,
}: Pick<TeacherOptions, 'promptPrice' | 'replyPrice'>): Price | undefined {
  return promptPrice === undefined || replyPrice === undefined
    ? undefined
    : { promptPerMillion: promptPrice, completionPerMillion: replyPrice };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function parse(name: string): TeacherNameParts {
  const parts = parseTeacherName(name);
  if (parts !== undefined) return parts;
  throw optionError('teacher', `${JSON.stringify(name)} does not name a teacher.`, {
    remedy: 'Use openai:<model>, gguf:<path to a GGUF file> or replay:<path to a journal>.',
  });
}
