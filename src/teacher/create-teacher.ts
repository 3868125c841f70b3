import { type AnyOptions, teacherWay } from '../options/applicability.js';
import { concurrencyFor } from '../options/defaults.js';
import { optionError } from '../options/option-error.js';
import { checkOptions } from '../options/option-schema.js';
import type { Options } from '../options/option-table.js';
import { refuseMisfits, requireNeeds } from '../options/read-options.js';
import { parseTeacherName, TEACHER_NAMES, type TeacherNameParts } from '../options/teacher-name.js';
import { defined } from '../util/defined.js';
import { pick } from '../util/pick.js';
import { BatchTeacher } from './batch/batch-teacher.js';
import { LocalGgufTeacher } from './gguf/local-gguf-teacher.js';
import { RecordingTeacher } from './journal/recording-teacher.js';
import { ReplayTeacher } from './journal/replay-teacher.js';
import { TeacherJournal } from './journal/teacher-journal.js';
import type { OnNotice } from './notice.js';
import type { ServerOptions } from './openai/connection/open-server.js';
import { OpenAITeacher } from './openai/openai-teacher.js';
import type { Spent } from './openai/pacing/budget.js';
import type { RateLimits } from './openai/pacing/rate-limiter.js';
import type { Price } from './openai/pacing/token-counts.js';
import type { ServerChatOptions } from './openai/server-chat.js';
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
    'header',
    'extraBody',
    'replyFormat',
    'reasoningTokens',
    'loadingTimeout',
    'cachedPrice',
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
  readonly onNotice?: OnNotice | undefined;
}

export interface CreateBatchTeacherOptions
  extends TeacherOptions,
    Pick<CreateTeacherOptions, 'spent' | 'onNotice'> {
  /** File that remembers which batches were handed in. */
  readonly statePath: string;
}

/**
 * Opens the teacher that a name tells: `openai:<model>`, `gguf:<path>` or `replay:<journal>`.
 * @throws {ReflectionError} `invalid_option` for any other name, for an option that does not concern this teacher, and
 *   what opening it throws.
 */
export async function createTeacher(name: string, given: CreateTeacherOptions = {}): Promise<Teacher> {
  const { spent, onNotice, ...rest } = given;
  const options = checkOptions(TEACHER_OPTION_NAMES, rest);
  refuseOthers({ ...options, teacher: name });
  const teacher = await openTeacher(name, { ...options, spent, onNotice });
  if (options.journal === undefined) return teacher;
  try {
    return new RecordingTeacher(teacher, await TeacherJournal.open(options.journal));
  } catch (error) {
    await teacher[Symbol.asyncDispose]();
    throw error;
  }
}

/**
 * Opens the same teacher to be asked through its provider's batch API, which only one behind a server can be.
 * @throws {ReflectionError} `invalid_option`, and as {@link createTeacher} does.
 */
export async function createBatchTeacher(
  name: string,
  given: CreateBatchTeacherOptions,
): Promise<BatchTeacher> {
  const { spent, onNotice, statePath, ...rest } = given;
  const options = checkOptions(TEACHER_OPTION_NAMES, rest);
  refuseOthers({ ...options, teacher: name, teacherBatch: true });
  const { batchSize, batchPoll } = options;
  const journal = options.journal === undefined ? undefined : await TeacherJournal.open(options.journal);
  try {
    return new BatchTeacher({
      ...serverOptions(name, { ...options, spent, onNotice }),
      ...defined({ requestsPerBatch: batchSize, pollMs: milliseconds(batchPoll) }),
      statePath,
      journal,
    });
  } catch (error) {
    await journal?.[Symbol.asyncDispose]();
    throw error;
  }
}

function refuseOthers(options: AnyOptions): void {
  parse(options.teacher!);
  refuseMisfits('reflect', options);
  requireNeeds('reflect', options);
}

async function openTeacher(name: string, options: CreateTeacherOptions): Promise<Teacher> {
  const { kind, target } = parse(name);
  const concurrency = concurrencyFor(teacherWay({ teacher: name }), options.concurrency);
  switch (kind) {
    case 'openai':
    case 'azure':
      return new OpenAITeacher({
        ...serverOptions(name, options),
        concurrency,
        rpm: options.rpm,
        tpm: options.tpm,
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
function serverOptions(
  name: string,
  options: CreateTeacherOptions,
): ServerOptions & Omit<ServerChatOptions, keyof RateLimits> {
  const { kind, target } = parse(name);
  return {
    ...pick(options, [
      'baseUrl',
      'apiKeyVariable',
      'allowInsecureHttp',
      'header',
      'extraBody',
      'reasoningTokens',
    ]),
    provider: kind === 'azure' ? 'azure' : 'openai',
    model: target,
    format: options.replyFormat,
    loadingMs: milliseconds(options.loadingTimeout),
    retry: defined({ baseMs: milliseconds(options.retryWait) }),
    maxCost: options.maxCost,
    maxTeacherTokens: options.maxTeacherTokens,
    price: priceOf(options),
    spent: options.spent,
    onNotice: options.onNotice,
  };
}

/** What a million tokens cost; undefined where that is not known. */
export function priceOf({
  promptPrice,
  replyPrice,
  cachedPrice,
}: Pick<TeacherOptions, 'promptPrice' | 'replyPrice' | 'cachedPrice'>): Price | undefined {
  return promptPrice === undefined || replyPrice === undefined
    ? undefined
    : { promptPerMillion: promptPrice, completionPerMillion: replyPrice, cachedPerMillion: cachedPrice };
}

function milliseconds(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}

function parse(name: string): TeacherNameParts {
  const parts = parseTeacherName(name);
  if (parts !== undefined) return parts;
  throw optionError('teacher', `${JSON.stringify(name)} does not name a teacher.`, {
    remedy: `Use ${TEACHER_NAMES}.`,
  });
}
