import { Command, Option } from 'commander';
import { ReflectionError } from '../../errors.js';
import { selectImported } from '../../recycle/select-imported.js';
import type { JoinBy } from '../../reference/join-rows.js';
import { type ReferenceFiles, selectReference } from '../../reference/select-reference.js';
import { writeWithAnalysis } from '../../reference/write-with-analysis.js';
import { plainTable } from '../../report/plain-table.js';
import { type FilterFailPolicy, type KeepPolicy, selectionPolicy } from '../../selection/selection-policy.js';
import { defined } from '../../util/defined.js';
import { formatCount } from '../../util/format.js';
import { addSelectionOptions } from '../selection-options.js';

interface SelectFlags {
  readonly referenceFiles?: readonly string[];
  readonly importScores?: readonly string[];
  readonly output?: string;
  readonly bugCompatible?: true;
  readonly joinBy?: string;
  readonly keep?: KeepPolicy;
  readonly onFilterFail?: FilterFailPolicy;
  readonly maxIfd?: number;
  readonly maxRifd?: number;
}

const POLICY_FLAGS = ['keep', 'onFilterFail', 'maxIfd', 'maxRifd'];

export function selectCommand(): Command {
  const command = new Command('select')
    .description('select from four scored files, without a model')
    .addOption(
      new Option(
        '--reference-files <ori-Q-A-QA...>',
        'four *_with_analysis.json of the research code, to select as it does: originals, reflected ' +
          'instructions, reflected responses, both',
      ).conflicts(['importScores', ...POLICY_FLAGS]),
    )
    .addOption(
      new Option(
        '--import-scores <ori-Q-A-QA...>',
        'four such files, or others with ifd_ppl and rifd_ppl, to select from by the flags below',
      ).conflicts('bugCompatible'),
    )
    .option('-o, --output <file>', 'where the selected records go, as the research code writes them')
    .option('--join-by <field>', 'join rows by this field instead of by their position')
    .option(
      '--bug-compatible',
      'reference files: select what the research code would, failed passes included',
    );
  return addSelectionOptions(command).action((flags: SelectFlags) => select(flags));
}

async function select(flags: SelectFlags): Promise<void> {
  const { referenceFiles, importScores, output } = flags;
  const files = fourFiles(referenceFiles ?? importScores ?? []);
  if (output === undefined) {
    throw new ReflectionError('invalid_option', 'There is no file to write to.', {
      remedy: 'Name one with -o.',
    });
  }
  if (Object.values(files).includes(output)) {
    throw new ReflectionError('output_unwritable', `${output} is also an input.`, {
      remedy: 'Name another file with -o.',
    });
  }
  const rows = await (referenceFiles === undefined ? selectByPolicy : selectAsPublished)(
    files,
    output,
    flags,
  );
  console.log(plainTable({ align: ['left', 'right', 'left'], rows }));
}

function fourFiles(names: readonly string[]): ReferenceFiles {
  const [original, instruction, response, both, ...more] = names;
  if (
    original !== undefined &&
    instruction !== undefined &&
    response !== undefined &&
    both !== undefined &&
    more.length === 0
  ) {
    return { original, instruction, response, both };
  }
  throw new ReflectionError('invalid_option', `A selection takes four files and got ${names.length}.`, {
    remedy:
      'Name the originals, the reflected instructions, the reflected responses and both, in this order, ' +
      'with --reference-files or --import-scores.',
  });
}

async function selectAsPublished(
  files: ReferenceFiles,
  output: string,
  flags: SelectFlags,
): Promise<string[][]> {
  const { bugCompatible } = flags;
  const { selected, counts } = await selectReference(files, { bugCompatible, joinBy: joinOf(flags) });
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
  files: ReferenceFiles,
  output: string,
  flags: SelectFlags,
): Promise<string[][]> {
  const { keep, onFilterFail, maxIfd, maxRifd } = flags;
  const policy = selectionPolicy(defined({ keep, onFilterFail, maxIfd, maxRifd }));
  const { selected, rejections } = await selectImported(files, policy, joinOf(flags));
  await writeWithAnalysis(
    output,
    selected.map(({ record, outcome }) => ({ ...record, outcome })),
  );
  return [
    ['selected', formatCount(selected.length), output],
    ...Object.entries(rejections).map(([reason, count]) => [reason, formatCount(count), 'not selected']),
  ];
}

function joinOf({ joinBy }: SelectFlags): JoinBy {
  return joinBy === undefined ? { kind: 'index' } : { kind: 'id', field: joinBy };
}
