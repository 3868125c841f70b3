import { type JoinBy, joinRows } from '../reference/join-rows.js';
import type { ReferenceRow } from '../reference/reference-rows.js';
import { type ReferenceFiles, readReferenceFiles } from '../reference/select-reference.js';
import { recordedScores } from '../scores/recorded-scores.js';
import type { RejectionReason } from '../selection/decision.js';
import type { Measurement } from '../selection/measurement.js';
import { decideEagerly } from '../selection/run-decision.js';
import type { SelectionPolicy } from '../selection/selection-policy.js';
import { topPercentByIfd } from '../selection/top-percent-by-ifd.js';
import { mapVariants, type Variant } from '../selection/variant.js';

export interface SelectImportedOptions {
  readonly policy: SelectionPolicy;
  /** How rows of four files belong together; by position unless told. */
  readonly joinBy?: JoinBy;
  /** Of the rows that pass keep this share with the highest IFD, in percent; all of them unless told. */
  readonly top?: number;
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
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read or the files do not fit together.
 */
export async function selectImported(
  files: ReferenceFiles,
  { policy, joinBy = { kind: 'index' }, top }: SelectImportedOptions,
): Promise<ImportedSelection> {
  const passed: ImportedRecord[] = [];
  const rejections: Partial<Record<ImportedRejection, number>> = {};
  for (const row of joinRows(await readReferenceFiles(files), joinBy)) {
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
