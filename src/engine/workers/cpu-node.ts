import { readFile } from 'node:fs/promises';
import { ReflectionError } from '../../errors.js';

/**
 * The CPUs of a NUMA node as Linux lists them, e.g. `0-15,32-47`. What a process that runs on those alone writes to is
 * placed there too. Rejects with ReflectionError `device_unavailable`.
 */
export async function cpusOfNode(node: number): Promise<string> {
  try {
    return (await readFile(`/sys/devices/system/node/node${node}/cpulist`, 'utf8')).trim();
  } catch (cause) {
    throw new ReflectionError('device_unavailable', `there is no NUMA node ${node}`, {
      cause,
      remedy:
        'see /sys/devices/system/node for those of this machine (Linux only), or use cpu without a number',
    });
  }
}
