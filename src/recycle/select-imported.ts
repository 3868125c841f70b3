import { type JoinBy, joinRows } from '../reference/join-rows.js';
import { importedScores } from '../reference/recorded-scores.js';
import { readReferenceFile } from '../reference/reference-rows.js';
import type { ReferenceFiles } from '../reference/select-reference.js';
import type { RejectionReason } from '../selection/decision.js';
import { decideEagerly } from '../selection/run-decision.js';
import type { SelectionPolicy } from '../selection/selection-policy.js';
import { mapVariants, type Variant } from '../selection/variant.js';
import type { JsonObject } from '../util/json-value.js';

export interface ImportedSelection {
  /** In the order of the originals, each as it stands in its variant's file. */
  readonly selected: readonly { readonly outcome: Variant; readonly record: JsonObject }[];
  readonly rejections: Readonly<Partial<Record<RejectionReason, number>>>;
}

/**
 * Selects by a policy from four files of one dataset that have scores in them, however these were made; no model is
 * needed. Both the research code's perplexities (`ppl_...`) and ready ratios (`ifd_ppl`, `rifd_ppl`) are read.
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read or the files do not fit together.
 */
export async function selectImported(
  files: ReferenceFiles,
  policy: SelectionPolicy,
  joinBy: JoinBy = { kind: 'index' },
): Promise<ImportedSelection> {
  const contents = {
    original: await readReferenceFile(files.original),
    instruction: await readReferenceFile(files.instruction),
    response: await readReferenceFile(files.response),
    both: await readReferenceFile(files.both),
  };
  const selected: { outcome: Variant; record: JsonObject }[] = [];
  const rejections: Partial<Record<RejectionReason, number>> = {};
  for (const row of joinRows(contents, joinBy)) {
    const decision = decideEagerly(mapVariants(row, importedScores), policy);
    if (decision.kind === 'selected') {
      selected.push({ outcome: decision.outcome, record: row[decision.outcome].object });
    } else {
      rejections[decision.reason] = (rejections[decision.reason] ?? 0) + 1;
    }
  }
  return { selected, rejections };
}
