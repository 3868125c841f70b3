import { InvalidArgumentError } from 'commander';
import { type DeviceName, isDeviceName } from '../../engine/devices.js';
import { isWorkerDevice, type WorkerDevice } from '../../engine/workers/worker-device.js';

/** Parsers of option values; what they throw names the option and is printed by commander. */

export function integerFrom(min: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || !Number.isSafeInteger(number) || number < min) {
      throw new InvalidArgumentError(`Expected a whole number of at least ${min}.`);
    }
    return number;
  };
}

/** A comma-separated list of different members of a closed set. */
export function listOf<T extends string>(members: readonly T[]): (value: string) => readonly T[] {
  return (value) => {
    const names = value.split(',').map((name) => name.trim());
    const known = members.filter((member) => names.includes(member));
    if (known.length !== names.length) {
      throw new InvalidArgumentError(`Expected one or more of ${members.join(', ')}, separated by commas.`);
    }
    return known;
  };
}

export const DEVICE_HELP = 'where the student runs: auto, cpu, cuda, vulkan, metal, or as in cuda:1';
export const DEVICES_HELP =
  'a process of its own for the student on each, as in cuda:0,cuda:1; cpu:0,cpu:1 are NUMA nodes';

/** Where one student runs. */
export function deviceName(value: string): DeviceName {
  if (isDeviceName(value)) return value;
  throw new InvalidArgumentError(
    'Expected auto, cpu, cuda, vulkan, metal, or one GPU of several as in cuda:1.',
  );
}

/** A comma-separated list of devices, repetitions allowed: a worker for each. */
export function deviceList(value: string): readonly WorkerDevice[] {
  const names = value.split(',').map((name) => name.trim());
  const devices = names.filter(isWorkerDevice);
  if (devices.length === names.length) return devices;
  throw new InvalidArgumentError('Expected devices separated by commas, as in cuda:0,cuda:1 or cpu:0,cpu:1.');
}
