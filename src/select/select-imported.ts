import type { Metric } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import { type JoinBy, joinRows } from '../reference/join-rows.js';
import { readScoredFile, type ScoredFile } from '../reference/read-analysis.js';
import { importedScores } from '../reference/recorded-scores.js';
import { type ReferenceFiles, readReferenceFiles } from '../reference/select-reference.js';
import { acceptMetric, type FilterVerdict } from '../selection/accept-metric.js';
import type { RejectionReason } from '../selection/decision.js';
import type { Measurement } from '../selection/measurement.js';
import { decideEagerly } from '../selection/run-decision.js';
import type { SelectionPolicy } from '../selection/selection-policy.js';
import { topPercentByIfd } from '../selection/top-percent-by-ifd.js';
import { mapVariants, type Variant } from '../selection/variant.js';
import type { JsonObject } from '../util/json-value.js';

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
  readonly record: JsonObject;
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
  const collector = new Collector();
  for (const row of joinRows(await readReferenceFiles(files), joinBy)) {
    const scores = mapVariants(row, importedScores);
    const decision = decideEagerly(scores, policy);
    if (decision.kind === 'rejected') collector.reject(decision.reason);
    else collector.select(decision.outcome, row[decision.outcome].object, scores[decision.outcome].ifd);
  }
  return collector.selection(top);
}

/**
 * Selects the records of one scored file that lie below the thresholds, in r-IFD as well where the file has any.
 * @throws {ReflectionError} `dataset_unreadable`, also when there is no score in it.
 */
export async function selectScored(
  file: ScoredFile,
  { policy, top }: Pick<SelectImportedOptions, 'policy' | 'top'>,
): Promise<ImportedSelection> {
  const { file: name, rows } = await readScoredFile(file);
  const scored = rows.map((row) => ({ record: row.object, scores: importedScores(row) }));
  const has = (metric: Metric) => scored.some(({ scores }) => scores[metric].kind === 'value');
  if (!has('ifd')) throw nothingScored(name);
  const metrics: readonly Metric[] = has('rifd') ? ['rifd', 'ifd'] : ['ifd'];
  const collector = new Collector();
  for (const { record, scores } of scored) {
    const verdicts = metrics.map((metric) => acceptMetric(metric, scores[metric], policy));
    const failure = verdicts.find(
      (verdict): verdict is Exclude<FilterVerdict, 'passed'> => verdict !== 'passed',
    );
    if (failure === undefined) collector.select('original', record, scores.ifd);
    else collector.reject(failure);
  }
  return collector.selection(top);
}

function nothingScored(file: string): ReflectionError {
  return new ReflectionError('dataset_unreadable', `No record of ${file} has an IFD.`, {
    remedy:
      'Its fields have to be named as in the research code: ifd_ppl, or ppl_A_condition and ppl_A_direct; ' +
      'a *_analysis.jsonl needs its dataset beside it.',
  });
}

class Collector {
  readonly #selected: ImportedRecord[] = [];
  readonly #rejections: Partial<Record<ImportedRejection, number>> = {};

  select(outcome: Variant, record: JsonObject, ifd: Measurement): void {
    this.#selected.push({ outcome, record, ifd });
  }

  reject(reason: ImportedRejection, count = 1): void {
    this.#rejections[reason] = (this.#rejections[reason] ?? 0) + count;
  }

  selection(top: number | undefined): ImportedSelection {
    const selected =
      top === undefined ? this.#selected : topPercentByIfd(this.#selected, top, ({ ifd }) => ifd);
    if (top !== undefined) this.reject('below_top', this.#selected.length - selected.length);
    return { selected, rejections: this.#rejections };
  }
}
