import { z } from 'zod';
import { METRICS } from '../../domain/score.js';
import { DEVICE_CHOICES, type DeviceName, isDeviceName } from '../../engine/devices.js';
import { PRECISIONS } from '../../engine/student-options.js';
import { isWorkerDevice, type WorkerDevice } from '../../engine/workers/worker-device.js';
import { ReflectionError } from '../../errors.js';
import { RECYCLE_MODES } from '../../recycle/run/run-manifest.js';
import { DEFINITION_NAMES } from '../../scoring/definition.js';
import { FILTER_FAIL_POLICIES, KEEP_POLICIES } from '../../selection/selection-policy.js';

/** What commands can be told, by flags or in a config file; every name is that of its flag in camel case. */

const COUNT = z.int().min(1);
const AMOUNT = z.number().positive();
const THRESHOLD = z.union([AMOUNT, z.literal(Number.POSITIVE_INFINITY)]);

const DEVICE = z.custom<DeviceName>((name) => isDeviceName(String(name)), 'no device');

const PLACE = {
  dataset: z.string().optional(),
  output: z.string().optional(),
  limit: COUNT.optional(),
};

const STUDENT = {
  student: z.string().optional(),
  template: z.string().optional(),
  definition: z.enum(DEFINITION_NAMES).optional(),
  maxLength: z.int().min(2).optional(),
  device: DEVICE.optional(),
  devices: z
    .array(z.custom<WorkerDevice>((name) => isWorkerDevice(String(name)), 'no device'))
    .min(1)
    .optional(),
  gpuLayers: z.int().min(0).optional(),
  precision: z.enum(PRECISIONS).optional(),
  threads: COUNT.optional(),
  batchTokens: z.int().min(32).optional(),
  deterministic: z.boolean().optional(),
};

const TEACHER = {
  teacher: z.string().optional(),
  baseUrl: z.string().optional(),
  apiKeyVariable: z.string().optional(),
  allowInsecureHttp: z.boolean().optional(),
  concurrency: COUNT.optional(),
  requestTimeout: AMOUNT.optional(),
  rpm: COUNT.optional(),
  tpm: COUNT.optional(),
  maxCost: AMOUNT.optional(),
  maxTeacherTokens: COUNT.optional(),
  promptPrice: z.number().min(0).optional(),
  replyPrice: z.number().min(0).optional(),
  teacherBatch: z.boolean().optional(),
  batchSize: COUNT.optional(),
  batchPoll: AMOUNT.optional(),
  temperature: z.number().min(0).optional(),
  topP: AMOUNT.max(1).optional(),
  seed: z.int().min(0).optional(),
  maxReplyTokens: COUNT.optional(),
  maxFieldCharacters: COUNT.max(2000).optional(),
  teacherContext: COUNT.optional(),
  teacherDevice: z.enum(DEVICE_CHOICES).optional(),
  threads: COUNT.optional(),
  device: DEVICE.optional(),
  instructionPrompt: z.string().optional(),
  responsePrompt: z.string().optional(),
  systemPrompt: z.string().optional(),
  journal: z.string().optional(),
};

const SELECTION = {
  keep: z.enum(KEEP_POLICIES).optional(),
  onFilterFail: z.enum(FILTER_FAIL_POLICIES).optional(),
  maxIfd: THRESHOLD.optional(),
  maxRifd: THRESHOLD.optional(),
};

const REFLECT_SETTINGS = z.strictObject({ ...PLACE, ...TEACHER });

const RUN_SETTINGS = z.strictObject({
  ...PLACE,
  ...STUDENT,
  ...TEACHER,
  ...SELECTION,
  mode: z.enum(RECYCLE_MODES).optional(),
  eager: z.boolean().optional(),
  acceptChanges: z.boolean().optional(),
  retryFailed: z.boolean().optional(),
});

const SCORE_SETTINGS = z.strictObject({
  ...PLACE,
  ...STUDENT,
  metrics: z.array(z.enum(METRICS)).min(1).optional(),
  perToken: z.boolean().optional(),
  strict: z.boolean().optional(),
  resume: z.boolean().optional(),
  acceptChanges: z.boolean().optional(),
  force: z.boolean().optional(),
});

const SELECT_SETTINGS = z.strictObject({
  ...SELECTION,
  output: z.string().optional(),
  referenceFiles: z.array(z.string()).optional(),
  importScores: z.array(z.string()).optional(),
  datasets: z.array(z.string()).optional(),
  top: AMOUNT.max(100).optional(),
  joinBy: z.string().optional(),
  bugCompatible: z.boolean().optional(),
});

export const COMMAND_SETTINGS = {
  run: RUN_SETTINGS,
  reflect: REFLECT_SETTINGS,
  score: SCORE_SETTINGS,
  select: SELECT_SETTINGS,
} as const;

export type CommandName = keyof typeof COMMAND_SETTINGS;
export type SettingsOf<Name extends CommandName> = z.infer<(typeof COMMAND_SETTINGS)[Name]>;
export type RunSettings = SettingsOf<'run'>;
export type ReflectSettings = SettingsOf<'reflect'>;

/**
 * A config file: settings that every command takes as far as it knows them, and an object for each command with
 * settings of its own, which come first. An `output` of all commands is the run directory.
 */
export const CONFIG = z.strictObject({
  ...SCORE_SETTINGS.shape,
  ...SELECT_SETTINGS.shape,
  ...RUN_SETTINGS.shape,
  run: RUN_SETTINGS.optional(),
  reflect: REFLECT_SETTINGS.optional(),
  score: SCORE_SETTINGS.optional(),
  select: SELECT_SETTINGS.optional(),
});

/** What a config file's default export is. */
export type Config = z.input<typeof CONFIG>;

/** @throws {ReflectionError} `invalid_option` without a dataset or a run directory. */
export function requirePlace({ dataset, output }: Pick<RunSettings, 'dataset' | 'output'>) {
  const file = requireDataset({ dataset });
  if (output === undefined) throw missing('a run directory', 'Name it with -o.');
  return { dataset: file, output };
}

/** @throws {ReflectionError} `invalid_option` without a dataset. */
export function requireDataset({ dataset }: { readonly dataset?: string | undefined }): string {
  if (dataset === undefined) throw missing('a dataset', 'Name its file as the argument.');
  return dataset;
}

/** @throws {ReflectionError} `invalid_option` without a teacher. */
export function requireTeacher({ teacher }: ReflectSettings): string {
  if (teacher === undefined) throw missing('a teacher', 'Name it with --teacher.');
  return teacher;
}

/** @throws {ReflectionError} `invalid_option` without a student. */
export function requireStudent({ student }: { readonly student?: string | undefined }): string {
  if (student === undefined) throw missing('a student', 'Name its file with --student <model.gguf>.');
  return student;
}

function missing(what: string, remedy: string): ReflectionError {
  return new ReflectionError('invalid_option', `The command needs ${what}.`, { remedy });
}
