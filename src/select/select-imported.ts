import { checkOptions } from '../options/option-schema.js';
import type { Options } from '../options/option-table.js';
import { joinRows } from '../reference/join-rows.js';
import type { ReferenceRow } from '../reference/reference-rows.js';
import { type ReferenceFiles, readReferenceFiles } from '../reference/select-reference.js';
import { recordedScores } from '../scores/recorded-scores.js';
import type { RejectionReason } from '../selection/decision.js';
import type { Measurement } from '../selection/measurement.js';
import { decideEagerly } from '../selection/run-decision.js';
import { selectionPolicy } from '../selection/selection-policy.js';
import { topPercentByIfd } from '../selection/top-percent-by-ifd.js';
import { mapVariants, type Variant } from '../selection/variant.js';

const NAMES = ['keep', 'onFilterFail', 'maxIfd', 'maxRifd', 'top', 'joinBy'] as const;

export interface SelectImportedOptions extends Options<(typeof NAMES)[number]> {
  readonly signal?: AbortSignal | undefined;
}

export interface ImportedRecord {
  readonly outcome: Variant;
  /** As it stands in its variant's file. */
  readonly record: ReferenceRow;
  readonly ifd: Measurement;
}

/** Why a record is not in a selection; `below_top` would be, were it not for the share to keep. */
export type ImportedRejection = RejectionReason | 'below_top';

export interface ImportedSelection {
  /** In the order of the originals. */
  readonly selected: readonly ImportedRecord[];
  readonly rejections: Readonly<Partial<Record<ImportedRejection, number>>>;
}

/**
 * Selects by a policy from four files of one dataset that have scores in them, however these were made; no model is
 * needed. Both the research code's perplexities (`ppl_...`) and ready ratios (`ifd_ppl`, `rifd_ppl`) are read.
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read or the files do not fit together;
 *   `invalid_option`; `aborted`.
 */
export async function selectImported(
  files: ReferenceFiles,
  { signal, ...given }: SelectImportedOptions = {},
): Promise<ImportedSelection> {
  const { top, joinBy, ...rest } = checkOptions(NAMES, given);
  const policy = selectionPolicy(rest);
  const passed: ImportedRecord[] = [];
  const rejections: Partial<Record<ImportedRejection, number>> = {};
  for (const row of joinRows(await readReferenceFiles(files, signal), joinBy)) {
    const scores = mapVariants(row, recordedScores);
    const decision = decideEagerly(scores, policy);
    if (decision.kind === 'selected') {
      const { outcome } = decision;
      passed.push({ outcome, record: row[outcome], ifd: scores[outcome].ifd });
    } else {
      rejections[decision.reason] = (rejections[decision.reason] ?? 0) + 1;
    }
  }
  if (top === undefined) return { selected: passed, rejections };
  const selected = topPercentByIfd(passed, top, ({ ifd }) => ifd);
  return { selected, rejections: { ...rejections, below_top: passed.length - selected.length } };
}
