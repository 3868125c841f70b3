import { ReflectionError } from '../../errors.js';

/** Where one worker of a pool runs: a GPU of several of its kind, a NUMA node's CPUs (`cpu:0`) or all of them. */
export type WorkerDevice = WorkerKind | `${WorkerKind}:${number}`;

const WORKER_KINDS = ['cpu', 'cuda', 'metal', 'vulkan'] as const;
type WorkerKind = (typeof WORKER_KINDS)[number];

export function isWorkerDevice(name: string): name is WorkerDevice {
  return /^(cpu|cuda|metal|vulkan)(:\d{1,3})?$/.test(name);
}

/** The kind that all devices have. Throws ReflectionError `invalid_option` when they do not, or there are none. */
export function commonKind(devices: readonly string[]): WorkerKind {
  const unknown = devices.find((name) => !isWorkerDevice(name));
  if (unknown !== undefined || devices.length === 0) {
    throw new ReflectionError('invalid_option', `devices cannot be ${unknown ?? 'none'} here`, {
      remedy: 'name one for each worker: cpu, cpu:0 (a NUMA node), cuda:0, vulkan:1, ...',
    });
  }
  const [kind, other] = new Set(devices.map((name) => name.split(':', 1)[0] as WorkerKind));
  if (other === undefined) return kind!;
  throw new ReflectionError('invalid_option', `devices of different kinds, ${kind} and ${other}`, {
    remedy: 'use devices of one kind, or where a row was scored would show in its numbers',
  });
}
