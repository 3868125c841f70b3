import { Command } from 'commander';
import { ReflectionError } from '../../errors.js';
import { optionError } from '../../options/option-error.js';
import { named } from '../../options/option-name.js';
import { readOptions } from '../../options/read-options.js';
import type { JoinBy } from '../../reference/join-rows.js';
import type { ScoredFile } from '../../reference/read-analysis.js';
import { type ReferenceFiles, selectReference } from '../../reference/select-reference.js';
import { writeWithAnalysis } from '../../reference/write-with-analysis.js';
import { plainTable } from '../../report/plain-table.js';
import { selectImported, selectScored } from '../../select/select-imported.js';
import { selectionPolicy } from '../../selection/selection-policy.js';
import { defined } from '../../util/defined.js';
import { formatCount } from '../../util/format.js';
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
  const { referenceFiles, importScores, output } = readOptions('select', settings);
  const names = referenceFiles ?? importScores ?? [];
  const files = scoredFiles(names, settings.datasets);
  const isOneEnough = referenceFiles === undefined;
  if (files.length !== 4 && !(isOneEnough && files.length === 1)) throw wrongCount(files.length, isOneEnough);
  if ([...names, ...(settings.datasets ?? [])].includes(output)) {
    throw new ReflectionError('output_unwritable', `${output} is also an input.`, {
      remedy: `Name another ${named('output')}.`,
      option: 'output',
    });
  }
  const selectFrom = referenceFiles === undefined ? selectByPolicy : selectAsPublished;
  console.log(
    plainTable({ align: ['left', 'right', 'left'], rows: await selectFrom(files, output, settings) }),
  );
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
  await writeWithAnalysis(
    output,
    selected.map(({ record }) => record),
  );
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
  const { selected, rejections } =
    files.length === 1
      ? await selectScored(files[0]!, options)
      : await selectImported(byVariant(files), options);
  await writeWithAnalysis(
    output,
    selected.map(({ record, outcome }) => (files.length === 1 ? record : { ...record, outcome })),
  );
  return [
    ['selected', formatCount(selected.length), output],
    ...Object.entries(rejections).map(([reason, count]) => [reason, formatCount(count), 'not selected']),
  ];
}

function joinOf(field: string | undefined): JoinBy {
  return field === undefined ? { kind: 'index' } : { kind: 'id', field };
}
