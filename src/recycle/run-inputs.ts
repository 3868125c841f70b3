import { type LoadStudentOptions, studentOptions } from '../engine/load-student.js';
import type { LayoutChoice } from '../layout/detect-layout.js';
import { type AnyOptions, concerns, teacherWay } from '../options/applicability.js';
import type { DefinitionName, RecycleMode, TargetChoice, TurnChoice } from '../options/choices.js';
import { concurrencyFor } from '../options/defaults.js';
import { type DeviceName, deviceKind } from '../options/device-name.js';
import { readOptions } from '../options/read-options.js';
import type { CompleteOptions } from '../options/required-options.js';
import { layoutChoice } from '../pipeline/layout-choice.js';
import { chooseTemplate, type TemplateChoice } from '../prompt/choose-template.js';
import { loadPromptFiles, type ReflectionPrompts } from '../reflection/load-prompt-files.js';
import { type SelectionPolicy, selectionPolicy } from '../selection/selection-policy.js';
import { TEACHER_OPTION_NAMES, type TeacherOptions } from '../teacher/create-teacher.js';
import { defined } from '../util/defined.js';
import { pick } from '../util/pick.js';
import type { RecycleOptions, ReflectOptions } from './recycle-options.js';
import type { Sampling } from './reflections/teacher-reflections.js';
import type { RunPlace } from './run/in-run-directory.js';

/** A teacher that a run is to ask. */
export interface TeacherInputs {
  readonly name: string;
  /** Asked through its provider's batch API. */
  readonly isBatch: boolean;
  /** Those that concern it. */
  readonly options: TeacherOptions;
}

/** How a teacher is asked: options with defaults in place, files read. */
export interface AskingInputs {
  /** What is said about the layout of the rows. */
  readonly layout: LayoutChoice;
  readonly turns: TurnChoice;
  readonly prompts: ReflectionPrompts;
  readonly sampling: Sampling;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Seconds that requests under way are given to finish once the run is called off. */
  readonly grace: number;
}

export interface ReflectInputs extends AskingInputs {
  readonly teacher: TeacherInputs;
}

/** What a score is to be. */
export interface ScoringInputs {
  readonly template: TemplateChoice;
  readonly definition: DefinitionName;
  readonly targets: TargetChoice;
  readonly endOfTurn: boolean;
}

export interface RunInputs extends AskingInputs {
  readonly mode: RecycleMode;
  /** Undefined in mode `score-only`. */
  readonly teacher: TeacherInputs | undefined;
  /** Undefined in mode `v1`. */
  readonly student: LoadStudentOptions | undefined;
  readonly scoring: ScoringInputs;
  readonly policy: SelectionPolicy;
  readonly eager: boolean;
}

const RUNTIME_MEMBERS = ['signal', 'onStart', 'onProgress', 'onWait', 'onNotice'] as const;

/** @throws {ReflectionError} `invalid_option`, `invalid_template`. */
export async function reflectInputs(given: ReflectOptions): Promise<ReflectInputs> {
  const options = readOptions('reflect', given, RUNTIME_MEMBERS);
  return { ...(await askingInputs(options)), teacher: teacherInputs(options.teacher, options) };
}

/** @throws {ReflectionError} `invalid_option`, `invalid_template`. */
export async function runInputs(given: RecycleOptions): Promise<RunInputs> {
  const options = readOptions('run', given, RUNTIME_MEMBERS);
  const { mode, definition, targets, endOfTurn, eager, teacher, student } = options;
  return {
    ...(await askingInputs(options)),
    mode,
    teacher: teacher === undefined ? undefined : teacherInputs(teacher, options, options.device),
    student: student === undefined ? undefined : studentOptions({ ...options, student }, given.signal),
    scoring: { template: await chooseTemplate(options), definition, targets, endOfTurn },
    policy: selectionPolicy(pick(options, ['keep', 'onFilterFail', 'maxIfd', 'maxRifd'])),
    eager,
  };
}

type AskingOptions = CompleteOptions<'run'> | CompleteOptions<'reflect'>;

async function askingInputs(options: AskingOptions): Promise<AskingInputs> {
  const { instructionPrompt, responsePrompt, systemPrompt, topP, seed } = options;
  return {
    layout: await layoutChoice(options),
    turns: options.turns,
    prompts: await loadPromptFiles({
      instruction: instructionPrompt,
      response: responsePrompt,
      system: systemPrompt,
    }),
    sampling: {
      maxTokens: options.maxReplyTokens,
      temperature: options.temperature,
      ...defined({ topP, seed }),
    },
    concurrency: concurrencyFor(teacherWay(options), options.concurrency),
    grace: options.grace,
  };
}

/**
 * @param studentDevice - Where a teacher in this process runs unless it has a device of its own; a GPU out of several is
 *   the student's alone, and the teacher goes to its kind.
 */
export function teacherInputs(name: string, options: AnyOptions, studentDevice?: DeviceName): TeacherInputs {
  const way = teacherWay(options);
  const own = TEACHER_OPTION_NAMES.filter((option) => way !== undefined && concerns(option, way));
  const teacherDevice = options.teacherDevice ?? (studentDevice && deviceKind(studentDevice));
  return {
    name,
    isBatch: way === 'batch',
    options: { ...pick(options, own), ...(way === 'gguf' && defined({ teacherDevice })) },
  };
}

/** Where a run takes place, and the other files it reads and writes. */
export function runPlace(
  options: RecycleOptions | ReflectOptions,
  { layout }: Pick<AskingInputs, 'layout'>,
): RunPlace {
  const { dataset, format, output, limit, signal, teacher, journal } = options;
  const student = 'student' in options ? options.student : undefined;
  const teacherFile = /^(?:gguf|replay):(.+)$/s.exec(teacher ?? '')?.[1];
  return {
    dataset,
    format,
    output,
    layout,
    limit,
    signal,
    inputs: [student, teacherFile].filter((file) => file !== undefined),
    outputs: [journal].filter((file) => file !== undefined),
  };
}
