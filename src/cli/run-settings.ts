import { z } from 'zod';
import { type DeviceName, isDeviceName } from '../engine/devices.js';
import { PRECISIONS } from '../engine/student-options.js';
import { isWorkerDevice, type WorkerDevice } from '../engine/workers/worker-device.js';
import { ReflectionError } from '../errors.js';
import { RECYCLE_MODES } from '../recycle/run-manifest.js';
import { DEFINITION_NAMES } from '../scoring/definition.js';
import { FILTER_FAIL_POLICIES, KEEP_POLICIES } from '../selection/selection-policy.js';

const COUNT = z.int().min(1);
const AMOUNT = z.number().positive();
const THRESHOLD = z.union([AMOUNT, z.literal(Number.POSITIVE_INFINITY)]);

/** What `run` can be told, by flags or in a config file; every name is that of its flag in camel case. */
export const RUN_SETTINGS = z.strictObject({
  dataset: z.string().optional(),
  output: z.string().optional(),
  mode: z.enum(RECYCLE_MODES).optional(),
  limit: COUNT.optional(),
  acceptChanges: z.boolean().optional(),
  retryFailed: z.boolean().optional(),

  student: z.string().optional(),
  template: z.string().optional(),
  definition: z.enum(DEFINITION_NAMES).optional(),
  maxLength: z.int().min(2).optional(),
  device: z.custom<DeviceName>((name) => isDeviceName(String(name)), 'no device').optional(),
  devices: z
    .array(z.custom<WorkerDevice>((name) => isWorkerDevice(String(name)), 'no device'))
    .min(1)
    .optional(),
  gpuLayers: z.int().min(0).optional(),
  precision: z.enum(PRECISIONS).optional(),
  threads: COUNT.optional(),
  batchTokens: z.int().min(32).optional(),
  deterministic: z.boolean().optional(),

  teacher: z.string().optional(),
  baseUrl: z.string().optional(),
  apiKeyVariable: z.string().optional(),
  concurrency: COUNT.optional(),
  rpm: COUNT.optional(),
  tpm: COUNT.optional(),
  maxCost: AMOUNT.optional(),
  maxTeacherTokens: COUNT.optional(),
  promptPrice: z.number().min(0).optional(),
  replyPrice: z.number().min(0).optional(),
  temperature: z.number().min(0).optional(),
  topP: AMOUNT.max(1).optional(),
  seed: z.int().min(0).optional(),
  maxReplyTokens: COUNT.optional(),
  instructionPrompt: z.string().optional(),
  responsePrompt: z.string().optional(),
  systemPrompt: z.string().optional(),
  journal: z.string().optional(),

  keep: z.enum(KEEP_POLICIES).optional(),
  onFilterFail: z.enum(FILTER_FAIL_POLICIES).optional(),
  maxIfd: THRESHOLD.optional(),
  maxRifd: THRESHOLD.optional(),
  eager: z.boolean().optional(),
});

export type RunSettings = z.infer<typeof RUN_SETTINGS>;

/** @throws {ReflectionError} `invalid_option` without a dataset or a run directory. */
export function requirePlace({ dataset, output }: RunSettings): { dataset: string; output: string } {
  if (dataset === undefined) throw missing('a dataset', 'Name its file as the argument.');
  if (output === undefined) throw missing('a run directory', 'Name it with -o.');
  return { dataset, output };
}

/** @throws {ReflectionError} `invalid_option` without a teacher. */
export function requireTeacher({ teacher }: RunSettings): string {
  if (teacher === undefined) throw missing('a teacher', 'Name it with --teacher.');
  return teacher;
}

function missing(what: string, remedy: string): ReflectionError {
  return new ReflectionError('invalid_option', `A run needs ${what}.`, { remedy });
}
