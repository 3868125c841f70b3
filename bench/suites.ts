import { decisionStudy } from './studies/decision-study.js';
import { growthStudy } from './studies/growth-study.js';
import { ifdStudy } from './studies/ifd-study.js';
import type { StudySettings } from './studies/study-settings.js';
import type { Study } from './study/study.js';

/** Makes a study for the settings of a run; models are generated here, if need be. */
export type StudyMaker = (settings: StudySettings) => Promise<Study>;

interface Suite {
  readonly rounds: number;
  /** Whether the Python contenders take part unless told otherwise. */
  readonly baselines: boolean;
  readonly studies: readonly StudyMaker[];
  /** Rows that are written and read in every format. */
  readonly formatRows: number;
}

const GPT2 = { shape: 'gpt2', title: 'GPT-2 124M shape' } as const;
const QWEN2 = { shape: 'qwen2', title: 'Qwen2 0.5B shape' } as const;

export const SUITES = {
  /** Five minutes on two cores. */
  quick: {
    formatRows: 50_000,
    rounds: 3,
    baselines: false,
    studies: [
      (settings) =>
        ifdStudy({ ...GPT2, types: ['f16', 'q8_0'], rows: 16, slowEvery: 8, prompts: 3 }, settings),
      (settings) => growthStudy({ rowsWithoutEngine: 50_000, rows: 3000 }, settings),
    ],
  },
  /** Every row of the table of targets, in 25 minutes on two cores. */
  full: {
    formatRows: 1_000_000,
    rounds: 3,
    baselines: true,
    studies: [
      (settings) =>
        ifdStudy({ ...GPT2, types: ['f32', 'f16', 'q8_0'], rows: 32, slowEvery: 4, prompts: 4 }, settings),
      (settings) =>
        ifdStudy({ ...QWEN2, types: ['f16', 'q8_0'], rows: 16, slowEvery: 4, prompts: 2 }, settings),
      (settings) => decisionStudy({ ...GPT2, types: ['f16', 'q8_0'], rows: 8, slowEvery: 4 }, settings),
      (settings) => decisionStudy({ ...QWEN2, types: ['q8_0'], rows: 4, slowEvery: 4 }, settings),
      (settings) => growthStudy({ rowsWithoutEngine: 1_000_000, rows: 10_000 }, settings),
    ],
  },
  /** The growth study at full size, hours of it. */
  million: {
    formatRows: 1_000_000,
    rounds: 1,
    baselines: false,
    studies: [(settings) => growthStudy({ rowsWithoutEngine: 1_000_000, rows: 1_000_000 }, settings)],
  },
} as const satisfies Record<string, Suite>;

export type SuiteName = keyof typeof SUITES;
