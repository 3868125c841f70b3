import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { rereadable } from '../../dataset/rereadable.js';
import type { ReflectionError } from '../../errors.js';
import { optionError } from '../../options/option-error.js';
import { named } from '../../options/option-name.js';
import { readOptions } from '../../options/read-options.js';
import { refuseExisting, refuseToOverwriteInputs } from '../../output/claim-paths.js';
import { rowFormatOf } from '../../output/row-format.js';
import type { OutputRow } from '../../output/spell-row.js';
import { STANDARD_OUTPUT, writeRows } from '../../output/write-rows.js';
import type { JoinBy } from '../../reference/join-rows.js';
import type { ScoredFile } from '../../reference/read-analysis.js';
import { outputRow, type ReferenceRow } from '../../reference/reference-rows.js';
import { type ReferenceFiles, selectReference } from '../../reference/select-reference.js';
import { writeWithAnalysis } from '../../reference/write-with-analysis.js';
import { plainTable } from '../../report/plain-table.js';
import { type SelectImportedOptions, selectImported } from '../../select/select-imported.js';
import { type SelectScoredOptions, selectScored } from '../../select/select-scored.js';
import { selectionPolicy } from '../../selection/selection-policy.js';
import { defined } from '../../util/defined.js';
import { formatCount } from '../../util/format.js';
import type { JsonObject } from '../../util/json-value.js';
import { addOptions } from '../options/add-options.js';
import { readSettings, type Settings } from '../options/read-settings.js';

type SelectSettings = Settings<'select'>;

export function selectCommand(): Command {
  const command = addOptions(new Command('select'), 'select').description(
    'select from scored files, without a model',
  );
  return command.action(async () => select(await readSettings('select', command)));
}

async function select(settings: SelectSettings): Promise<void> {
  const { referenceFiles, importScores, output, force } = readOptions('select', settings);
  const names = referenceFiles ?? importScores ?? [];
  const files = scoredFiles(names, settings.datasets);
  const isOneEnough = referenceFiles === undefined;
  if (files.length !== 4 && !(isOneEnough && files.length === 1)) throw wrongCount(files.length, isOneEnough);
  await refuseToOverwriteInputs(
    [...names, ...(settings.datasets ?? [])],
    output === STANDARD_OUTPUT ? [] : [output],
  );
  await refuseExisting(output, force);
  const selectFrom = referenceFiles === undefined ? selectByPolicy : selectAsPublished;
  const rows = await selectFrom(files, output, settings);
  // rows have standard output to themselves
  const stream = output === STANDARD_OUTPUT ? process.stderr : process.stdout;
  stream.write(`${plainTable({ align: ['left', 'right', 'left'], rows })}\n`);
}

function scoredFiles(names: readonly string[], datasets: readonly string[] | undefined): ScoredFile[] {
  if (datasets === undefined) return [...names];
  if (datasets.length !== names.length) {
    throw optionError(
      'datasets',
      `There are ${datasets.length} datasets for ${names.length} files with scores.`,
      {
        remedy: `Name the dataset of each file as ${named('datasets')}, in the same order.`,
      },
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

async function selectAsPublished(
  files: readonly ScoredFile[],
  output: string,
  { bugCompatible, joinBy }: SelectSettings,
): Promise<string[][]> {
  const options = { bugCompatible, joinBy: joinOf(joinBy) };
  const { selected, counts } = await selectReference(byVariant(files), options);
  const records = selected.map(({ record }) => record);
  // as an array it is what the research code's next script reads
  const isPython = rowFormatOf(output).layout === 'array';
  if (isPython) await writeWithAnalysis(output, objectsOf(records));
  else await writeRows(output, outputRows(records));
  const line = (name: keyof typeof counts, remark: string) => [name, formatCount(counts[name]), remark];
  return [
    line('count_1', 'both reflected: selected'),
    line('count_2', 'reflected instruction won: not selected'),
    line('count_3', 'reflected response: selected'),
    line('count_4', 'original won: not selected'),
    ['selected', formatCount(selected.length), output],
  ];
}

async function selectByPolicy(
  files: readonly ScoredFile[],
  output: string,
  { keep, onFilterFail, maxIfd, maxRifd, top, joinBy }: SelectSettings,
): Promise<string[][]> {
  const policy = selectionPolicy(defined({ keep, onFilterFail, maxIfd, maxRifd }));
  const options = { policy, joinBy: joinOf(joinBy), ...defined({ top }) };
  const { count, rejections } =
    files.length === 1
      ? await selectFromOne(files[0]!, output, options)
      : await selectFromFour(byVariant(files), output, options);
  return [
    ['selected', formatCount(count), output],
    ...Object.entries(rejections).map(([reason, number]) => [reason, formatCount(number), 'not selected']),
  ];
}

async function selectFromOne(file: ScoredFile, output: string, options: SelectImportedOptions) {
  if (typeof file !== 'string') return selectInto(file, output, options);
  // it is read twice
  await using source = await rereadable(file, join(tmpdir(), `reflection-tuning-${randomUUID()}`));
  return await selectInto(source.file, output, { ...options, name: source.name });
}

async function selectInto(file: ScoredFile, output: string, options: SelectScoredOptions) {
  const selection = await selectScored(file, options);
  await writeRows(output, selection.rows());
  return selection;
}

async function selectFromFour(files: ReferenceFiles, output: string, options: SelectImportedOptions) {
  const { selected, rejections } = await selectImported(files, options);
  const rows = selected.map(({ record, outcome }) => outputRow(record, { outcome }));
  await writeRows(output, rows);
  return { count: selected.length, rejections };
}

function* objectsOf(records: readonly ReferenceRow[]): Generator<JsonObject, void> {
  for (const { object } of records) yield object;
}

function* outputRows(records: readonly ReferenceRow[]): Generator<OutputRow, void> {
  for (const record of records) yield outputRow(record);
}

function joinOf(field: string | undefined): JoinBy {
  return field === undefined ? { kind: 'index' } : { kind: 'id', field };
}
