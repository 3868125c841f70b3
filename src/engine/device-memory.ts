import { totalmem } from 'node:os';
import type { ChosenDevice } from './devices.js';
import { nativeAddon } from './native-binding.js';

/** Bytes of main memory that this process may have: in a container often less than the machine has. */
export function mainMemory(): number {
  // 0 or, in older versions of Node, undefined where there is no limit.
  return Math.min(process.constrainedMemory() || Number.POSITIVE_INFINITY, totalmem());
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
