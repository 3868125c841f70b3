import { isWorkerDevice, type WorkerKind } from '../../options/device-name.js';
import { optionError } from '../../options/option-error.js';
import { named } from '../../options/option-name.js';

/** The kind that all devices have. Throws ReflectionError `invalid_option` when they do not, or there are none. */
export function commonKind(devices: readonly string[]): WorkerKind {
  const unknown = devices.find((name) => !isWorkerDevice(name));
  if (unknown !== undefined || devices.length === 0) {
    throw optionError('devices', `${named('devices')} cannot be ${unknown ?? 'none'} here`, {
      remedy: 'name one for each worker: cpu, cpu:0 (a NUMA node), cuda:0, vulkan:1, ...',
    });
  }
  const [kind, other] = new Set(devices.map((name) => name.split(':', 1)[0] as WorkerKind));
  if (other === undefined) return kind!;
  throw optionError('devices', `${named('devices')} of different kinds, ${kind} and ${other}`, {
    remedy: 'use devices of one kind, or where a row was scored would show in its numbers',
  });
}
