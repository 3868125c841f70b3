import { checkOptions } from '../options/option-schema.js';
import type { Options } from '../options/option-table.js';
import { recordedScores } from '../scores/recorded-scores.js';
import { recordedOutcome, soundOutcome } from '../selection/recorded-outcome.js';
import { mapVariants, type Variant } from '../selection/variant.js';
import { joinRows } from './join-rows.js';
import { readScoredFile, type ScoredFile } from './read-analysis.js';
import type { ReferenceFile, ReferenceRow } from './reference-rows.js';
import { storedRatios } from './stored-ratios.js';

/** The four scored files of one dataset. */
export type ReferenceFiles = Readonly<Record<Variant, ScoredFile>>;

/** @throws {ReflectionError} `dataset_unreadable`; `aborted`. */
export async function readReferenceFiles(
  files: ReferenceFiles,
  signal?: AbortSignal,
): Promise<Readonly<Record<Variant, ReferenceFile>>> {
  return {
    original: await readScoredFile(files.original, signal),
    instruction: await readScoredFile(files.instruction, signal),
    response: await readScoredFile(files.response, signal),
    both: await readScoredFile(files.both, signal),
  };
}

const NAMES = ['bugCompatible', 'joinBy'] as const;

/**
 * With `bugCompatible` exactly what the research code would select, failed passes and dropped rows included (see
 * {@link recordedOutcome}); otherwise a score that could not be computed never wins.
 */
export interface SelectReferenceOptions extends Options<(typeof NAMES)[number]> {
  readonly signal?: AbortSignal | undefined;
}

/** How many rows each variant won and passed the filter with, under the names the research code prints. */
export interface ReferenceCounts {
  /** `both`; selected. */
  readonly count_1: number;
  /** `instruction`; not selected, its response is not reflected. */
  readonly count_2: number;
  /** `response`; selected. */
  readonly count_3: number;
  /** `original`; not selected, its response is not reflected. */
  readonly count_4: number;
}

export interface SelectedRecord {
  /** 0-based position among the originals. */
  readonly index: number;
  readonly variant: 'response' | 'both';
  /** As it stands in the variant's file. */
  readonly record: ReferenceRow;
}

export interface ReferenceSelection {
  /** In the order of the originals. */
  readonly selected: readonly SelectedRecord[];
  readonly counts: ReferenceCounts;
}

/**
 * Selects from four scored files by the published procedure: both thresholds 1, response-reflected rows only.
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read, holds no analysis, or the files do
 * not fit together; `invalid_option`; `aborted`.
 */
export async function selectReference(
  files: ReferenceFiles,
  { signal, ...given }: SelectReferenceOptions = {},
): Promise<ReferenceSelection> {
  const { bugCompatible = false, joinBy } = checkOptions(NAMES, given);
  const contents = await readReferenceFiles(files, signal);
  const selected: SelectedRecord[] = [];
  const wins: Record<Variant, number> = { original: 0, instruction: 0, response: 0, both: 0 };
  for (const [index, row] of joinRows(contents, joinBy).entries()) {
    const variant = outcomeOf(row, bugCompatible);
    if (variant === undefined) continue;
    wins[variant]++;
    if (variant === 'response' || variant === 'both') {
      selected.push({ index, variant, record: row[variant] });
    }
  }
  const { original, instruction, response, both } = wins;
  return { selected, counts: { count_1: both, count_2: instruction, count_3: response, count_4: original } };
}

function outcomeOf(
  row: Readonly<Record<Variant, ReferenceRow>>,
  bugCompatible: boolean,
): Variant | undefined {
  // Read in either mode: a record without the two ratios has not been analysed at all.
  const stored = mapVariants(row, storedRatios);
  return bugCompatible ? recordedOutcome(stored) : soundOutcome(mapVariants(row, recordedScores));
}
