import type { Surroundings } from '../../../bench/report/machine.js';

export const SURROUNDINGS: Surroundings = {
  time: '2026-02-03T04:05:06.000Z',
  commit: 'abc',
  machine: { cpu: 'a cpu', cores: 2, memoryBytes: 8e9, platform: 'linux-x64', load: 0 },
  threads: 2,
  node: 'v20.19.0',
  llamaCpp: 'v1',
  nodeLlamaCpp: '3',
};
