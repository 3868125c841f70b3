import { stat } from 'node:fs/promises';
import { deviceMemory, mainMemory } from '../../engine/device-memory.js';
import { type ChosenDevice, chooseDevice } from '../../engine/devices.js';
import type { LoadStudentOptions } from '../../engine/load-student.js';
import { ReflectionError } from '../../errors.js';
import { type DeviceName, isDeviceName } from '../../options/device-name.js';
import { named } from '../../options/option-name.js';
import { parseTeacherName } from '../../options/teacher-name.js';
import { formatBytes } from '../../util/format.js';
import type { TeacherInputs } from '../run-inputs.js';

/** A model that is about to be loaded. */
export interface ModelPlace {
  readonly role: 'student' | 'teacher';
  readonly file: string;
  readonly device: DeviceName;
}

/** Which models are loaded, and where. */
export function modelPlaces(
  teacher: Pick<TeacherInputs, 'name' | 'options'> | undefined,
  student: LoadStudentOptions | undefined,
): readonly ModelPlace[] {
  const { kind, target } = parseTeacherName(teacher?.name ?? '') ?? {};
  const teacherFile = kind === 'gguf' ? target : undefined;
  const teacherDevice = teacher?.options.teacherDevice;
  return [
    ...(student === undefined ? [] : studentPlaces(student)),
    ...(teacherFile === undefined ? [] : [place('teacher', teacherFile, teacherDevice)]),
  ];
}

/** Processes on CPUs share the pages of the file, so that several of them take it once. */
function studentPlaces({ model, device, devices }: LoadStudentOptions): ModelPlace[] {
  if (devices === undefined) return [place('student', model, device)];
  const different = new Set(devices.map((name) => (isDeviceName(name) ? name : 'cpu')));
  return [...different].map((name) => place('student', model, name));
}

function place(role: ModelPlace['role'], file: string, device: DeviceName = 'auto'): ModelPlace {
  return { role, file, device };
}

/** What the weights of some models take together, at the least, and what there is for them. */
export interface MemoryNeed {
  readonly models: readonly { readonly role: ModelPlace['role']; readonly bytes: number }[];
  readonly place: string;
  readonly available: number;
}

/**
 * Makes sure, before anything is loaded, that the weights of all models find room. What a context takes comes on top
 * and is asked for when it is opened; a teacher opened after the student takes no more than is left.
 * @throws {ReflectionError} `out_of_memory` naming what does not fit; `device_unavailable`.
 */
export async function requireMemory(models: readonly ModelPlace[]): Promise<void> {
  const sized = await Promise.all(
    models.map(async ({ role, file, device }) => ({
      role,
      device: chooseDevice(device),
      bytes: await sizeOf(file),
    })),
  );
  const onGpu = sized.filter(({ device }) => device.kind !== 'cpu');
  const gpus = new Map(onGpu.map(({ device }) => [device.name, device]));
  const available = mainMemory() + [...gpus.values()].reduce((sum, gpu) => sum + deviceMemory(gpu), 0);
  // Layers that do not fit on a GPU are computed on the CPU, but what is meant for the CPU stays there.
  const inMain = sized.filter(({ device }) => device.kind === 'cpu');
  const needs: MemoryNeed[] = [
    { models: inMain, place: 'main memory', available: mainMemory() },
    { models: sized, place: placeOf([...gpus.values()]), available },
  ];
  for (const need of needs) {
    const lack = memoryLack(need);
    if (lack !== undefined) throw lack;
  }
}

/** What to refuse a need with, undefined when it can be met. */
export function memoryLack({ models, place, available }: MemoryNeed): ReflectionError | undefined {
  const bytes = models.reduce((sum, model) => sum + model.bytes, 0);
  if (bytes <= available) return undefined;
  const alone = models.find((model) => model.bytes > available);
  const problem =
    alone === undefined
      ? `The ${models.map((model) => `${model.role} (${formatBytes(model.bytes)})`).join(' and the ')} do not fit together`
      : `The ${alone.role} (${formatBytes(alone.bytes)}) does not fit`;
  return new ReflectionError('out_of_memory', `${problem} into ${place}: ${formatBytes(available)}.`, {
    remedy:
      `Use a smaller or quantized model for one of them, another device for it (${named('device')}, ` +
      `${named('teacherDevice')}), or a teacher behind a server (openai:).`,
  });
}

function placeOf(gpus: readonly ChosenDevice[]): string {
  return ['main memory', ...gpus.map(({ name }) => name)].join(' and ');
}

/** 0 for a file that is not there: whoever opens it says so better. */
async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
