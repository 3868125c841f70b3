import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputFiles } from '../dataset/inputs/input-files.js';
import { datasetOrigin } from '../dataset/open-rows.js';
import { rereadable } from '../dataset/rereadable.js';
import type { ReflectionError } from '../errors.js';
import { STANDARD_OUTPUT } from '../options/default-output.js';
import { optionError } from '../options/option-error.js';
import { named } from '../options/option-name.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions, CompleteOptions } from '../options/required-options.js';
import { refuseExisting, refuseToOverwriteInputs } from '../output/claim-paths.js';
import { rowFormatOf } from '../output/row-format.js';
import type { OutputRow } from '../output/spell-row.js';
import { writeRows } from '../output/write-rows.js';
import type { ScoredFile } from '../reference/read-analysis.js';
import { outputRow, type ReferenceRow } from '../reference/reference-rows.js';
import { type ReferenceCounts, type ReferenceFiles, selectReference } from '../reference/select-reference.js';
import { writeWithAnalysis } from '../reference/write-with-analysis.js';
import type { JsonObject } from '../util/json-value.js';
import { pick } from '../util/pick.js';
import { type ImportedSelection, selectImported } from './select-imported.js';
import { type SelectScoredOptions, selectScored } from './select-scored.js';

/** The options of `select`. */
export interface SelectOptions extends CommandOptions<'select'> {
  readonly signal?: AbortSignal | undefined;
}

/** What a selection came to; its rows are in the output. */
export type SelectResult = { readonly output: string; readonly selected: number } & (
  | { readonly kind: 'by_policy'; readonly rejections: ImportedSelection['rejections'] }
  | { readonly kind: 'as_published'; readonly counts: ReferenceCounts }
);

/**
 * Selects rows of scored files into an output: by a policy from one or four files, or from four as the research code.
 * @throws {ReflectionError} `invalid_option`, `dataset_unreadable`, `output_unwritable`, `aborted`.
 */
export async function select(given: SelectOptions): Promise<SelectResult> {
  const options = readOptions('select', given, ['signal']);
  const { referenceFiles, importScores, datasets = [], force } = options;
  const output = options.output.replace(/(?<=.)[/\\]+$/, '');
  const names = referenceFiles ?? importScores ?? [];
  const files = scoredFiles(names, options.datasets);
  const isOneEnough = referenceFiles === undefined;
  if (files.length !== 4 && !(isOneEnough && files.length === 1)) throw wrongCount(files.length, isOneEnough);
  await refuseToOverwriteInputs(
    await inputFiles([...names, ...datasets]),
    output === STANDARD_OUTPUT ? [] : [output],
  );
  await refuseExisting(output, force);
  const selectFrom = isOneEnough ? selectByPolicy : selectAsPublished;
  return { output, ...(await selectFrom(files, { ...options, output }, given.signal)) };
}

function scoredFiles(names: readonly string[], datasets: readonly string[] | undefined): ScoredFile[] {
  if (datasets === undefined) return [...names];
  if (datasets.length !== names.length) {
    throw optionError(
      'datasets',
      `There are ${datasets.length} ${named('datasets')} for ${names.length} files with scores.`,
      { remedy: 'Name the dataset of each file, in the same order.' },
    );
  }
  return names.map((analysis, i) => ({ analysis, dataset: datasets[i]! }));
}

function wrongCount(count: number, isOneEnough: boolean): ReflectionError {
  const wanted = isOneEnough ? 'four files, or one,' : 'four files';
  return optionError(
    isOneEnough ? 'importScores' : 'referenceFiles',
    `A selection takes ${wanted} and got ${count}.`,
    {
      remedy:
        'Name the originals, the reflected instructions, the reflected responses and both, in this order, ' +
        `as ${named('referenceFiles')} or ${named('importScores')}; or one scored file as ${named('importScores')}.`,
    },
  );
}

/** @param files - Four of them. */
function byVariant(files: readonly ScoredFile[]): ReferenceFiles {
  const [original, instruction, response, both] = files;
  return { original: original!, instruction: instruction!, response: response!, both: both! };
}

type Options = CompleteOptions<'select'>;

async function selectAsPublished(files: readonly ScoredFile[], options: Options, signal?: AbortSignal) {
  const { output } = options;
  const chosen = { ...pick(options, ['bugCompatible', 'joinBy']), signal };
  const { selected, counts } = await selectReference(byVariant(files), chosen);
  const records = selected.map(({ record }) => record);
  // as an array it is what the research code's next script reads
  const isPython = rowFormatOf(output).layout === 'json';
  if (isPython) await writeWithAnalysis(output, objectsOf(records));
  else await writeRows(output, outputRows(records));
  return { kind: 'as_published', selected: selected.length, counts } as const;
}

async function selectByPolicy(files: readonly ScoredFile[], options: Options, signal?: AbortSignal) {
  const { output } = options;
  const thresholds = { ...pick(options, ['maxIfd', 'maxRifd', 'top']), signal };
  if (files.length === 1) return selectFromOne(files[0]!, output, thresholds);
  const chosen = { ...thresholds, ...pick(options, ['keep', 'onFilterFail', 'joinBy']) };
  const { selected, rejections } = await selectImported(byVariant(files), chosen);
  await writeRows(output, outcomeRows(selected));
  return { kind: 'by_policy', selected: selected.length, rejections } as const;
}

async function selectFromOne(file: ScoredFile, output: string, options: SelectScoredOptions) {
  if (typeof file !== 'string') return selectInto(file, output, options);
  // it is read twice
  const copy = join(tmpdir(), `reflection-tuning-${randomUUID()}`);
  await using source = await rereadable(file, copy, options.signal);
  return await selectInto(source.file, output, { ...options, name: source.name });
}

async function selectInto(file: ScoredFile, output: string, options: SelectScoredOptions) {
  const { count, rejections, rows } = await selectScored(file, options);
  const origin = typeof file === 'string' ? await datasetOrigin(file, { name: options.name }) : undefined;
  await writeRows(output, rows(), origin);
  return { kind: 'by_policy', selected: count, rejections } as const;
}

function* objectsOf(records: readonly ReferenceRow[]): Generator<JsonObject, void> {
  for (const { object } of records) yield object;
}

function* outputRows(records: readonly ReferenceRow[]): Generator<OutputRow, void> {
  for (const record of records) yield outputRow(record);
}

function* outcomeRows(selected: ImportedSelection['selected']): Generator<OutputRow, void> {
  for (const { record, outcome } of selected) yield outputRow(record, { outcome });
}
