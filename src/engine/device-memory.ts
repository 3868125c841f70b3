import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { modelFiles } from '../gguf/model-files.js';
import type { ChosenDevice } from './devices.js';
import { gibibytes } from './gpu-capacity.js';
import { nativeAddon } from './native-binding.js';

/** Bytes of main memory that this process may have: in a container often less than the machine has. */
export function mainMemory(): number {
  // 0 or, in older versions of Node, undefined where there is no limit.
  return Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
}

/** What a refusal for want of memory says of a GPU and the model that did not fit; empty for the CPU. */
export async function roomOn(device: ChosenDevice, model: string): Promise<string> {
  const { name, kind } = device;
  const gpu = nativeAddon()
    .devices()
    .find((each) => kind !== 'cpu' && each.name === name);
  if (!gpu) return '';
  const sizes = await Promise.all((await modelFiles(model)).map(async (file) => (await stat(file)).size));
  const weights = sizes.reduce((sum, size) => sum + size, 0);
  return ` (its file has ${gibibytes(weights)}; ${name}: ${gibibytes(gpu.memoryFree)} of ${gibibytes(gpu.memoryTotal)} free)`;
}

/** Bytes that are free on a GPU; of the CPU, its main memory. */
export function deviceMemory({ kind, name }: ChosenDevice): number {
  if (kind === 'cpu') return mainMemory();
  return (
    nativeAddon()
      .devices()
      .find((device) => device.name === name)?.memoryFree ?? 0
  );
}
