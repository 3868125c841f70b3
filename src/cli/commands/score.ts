import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { METRICS } from '../../domain/score.js';
import { PRECISIONS } from '../../engine/student-options.js';
import { ReflectionError } from '../../errors.js';
import { type ScoreDatasetStart, scoreDataset } from '../../pipeline/score-dataset.js';
import { BUILT_IN_TEMPLATE_NAMES } from '../../prompt/built-in-templates.js';
import { loadTemplate } from '../../prompt/load-template.js';
import { adviseOnScores } from '../../report/advise-on-scores.js';
import { renderSummary } from '../../report/render-summary.js';
import { DEFINITION_NAMES } from '../../scoring/definition.js';
import { formatCount } from '../../util/format.js';
import { interruptible } from '../interruptible.js';
import {
  DEVICE_HELP,
  DEVICES_HELP,
  deviceList,
  deviceName,
  integerFrom,
  listOf,
} from '../options/option-values.js';
import { addConfigOption, readSettings, type Settings } from '../options/read-settings.js';
import { requireDataset, requireStudent } from '../options/settings.js';
import { createProgress, type Progress } from '../progress/progress.js';

type WithDefault = 'template' | 'maxLength' | 'metrics' | 'definition' | 'device' | 'precision';
type ScoreSettings = Settings<'score', WithDefault>;

export function scoreCommand(): Command {
  const command = new Command('score')
    .description('score a dataset by IFD and r-IFD')
    .argument(
      '[dataset]',
      'JSON Lines or a JSON array of rows with instruction, input (optional) and output; may be .gz',
    )
    .option('--student <model.gguf>', 'the model that scores: a causal language model in GGUF format')
    .option(
      '-o, --output <file>',
      'where the scores go (default: <dataset>.scored.jsonl in the current directory)',
    )
    .option(
      '--template <name|file>',
      `prompt template: ${BUILT_IN_TEMPLATE_NAMES.join(', ')}, or a file`,
      'alpaca',
    )
    .option(
      '--max-length <tokens>',
      'longest sequence; the student’s own context is the upper bound',
      integerFrom(2),
      2048,
    )
    .addOption(
      new Option('--metrics <list>', `what to compute: one or more of ${METRICS.join(',')}`)
        .argParser(listOf(METRICS))
        .default(METRICS, 'all'),
    )
    .addOption(
      new Option('--definition <name>', 'exact token spans, or those of the research code')
        .choices(DEFINITION_NAMES)
        .default('exact'),
    )
    .option('--device <name>', DEVICE_HELP, deviceName, 'auto')
    .addOption(new Option('--devices <list>', DEVICES_HELP).argParser(deviceList).conflicts('device'))
    .option('--gpu-layers <n>', 'layers on the GPU (default: all)', integerFrom(0))
    .addOption(
      new Option('--precision <name>', 'fast: the file’s own weights; precise: all in F32')
        .choices(PRECISIONS)
        .default('fast'),
    )
    .option('--threads <n>', 'CPU threads (default: all)', integerFrom(1))
    .option(
      '--batch-tokens <n>',
      'tokens of one decode (default: 512 on a CPU, 2048 on a GPU)',
      integerFrom(32),
    )
    .option('--deterministic', 'equal bits for a row whatever is scored beside it; slower')
    .option('--limit <rows>', 'stop after this many rows', integerFrom(1))
    .option('--per-token', 'also write the log-prob of every scored token')
    .option('--strict', 'stop at the first malformed row instead of marking it unscorable')
    .addOption(new Option('--resume', 'go on with an interrupted run').conflicts('force'))
    .option('--accept-changes', 'with --resume: go on although numbers are rounded in another way by now')
    .option('--force', 'replace an output that is there, finished or not');
  return addConfigOption(command).action(async (given: string | undefined) => {
    const settings = await readSettings<'score', WithDefault>('score', command, { dataset: given });
    await score(requireDataset(settings), requireStudent(settings), settings);
  });
}

async function score(dataset: string, studentFile: string, flags: ScoreSettings): Promise<void> {
  const output = flags.output ?? `${basename(dataset).replace(/(\.jsonl?)?(\.gz)?$/, '')}.scored.jsonl`;
  const template = await loadTemplate(flags.template);
  let progress: Progress | undefined;
  let rowsKept = 0;
  const onStart = ({ student, totalBytes, finishedRows }: ScoreDatasetStart) => {
    const { model, engine, device } = student;
    console.error(
      `student ${model.name || basename(studentFile)} (${model.architecture}, ${model.quantization}, ${student.precision}) on ${device.description || device.name}` +
        `; ${engine.head} head, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}, ${formatCount(engine.batchTokens)} tokens a batch`,
    );
    if (engine.maxLength < flags.maxLength) {
      console.error(
        `note: the student’s context limits sequences to ${formatCount(engine.maxLength)} tokens`,
      );
    }
    rowsKept = finishedRows;
    if (finishedRows > 0) console.error(`resuming: ${formatCount(finishedRows)} rows are done`);
    progress = createProgress({ stream: process.stderr, totalBytes, totalRows: flags.limit });
  };

  try {
    const result = await interruptible((signal) =>
      scoreDataset({
        ...flags,
        dataset,
        output,
        template,
        existing: flags.resume ? 'resume' : flags.force ? 'force' : 'new',
        student: { ...flags, model: studentFile },
        signal,
        onStart,
        onProgress: (update) => {
          rowsKept = Math.max(rowsKept, update.rows);
          progress?.update(update);
        },
      }),
    );
    progress?.stop();
    if (result.kind === 'complete') {
      console.log(`${output} is complete already: nothing to do`);
      return;
    }
    process.stdout.write(
      renderSummary(result.summary, { ...result, student: studentFile, template: template.name, output }),
    );
    for (const advice of adviseOnScores(result.summary)) console.error(`\nwarning: ${advice}`);
  } catch (error) {
    progress?.stop();
    if (rowsKept > 0) {
      const unwritten = error instanceof ReflectionError && error.code === 'output_unwritable';
      const rows = unwritten ? 'the rows that could be written' : `${formatCount(rowsKept)} finished rows`;
      const resume = flags.force ? '--resume in place of --force' : '--resume';
      console.error(`${rows} are kept: run the same command with ${resume} to go on`);
    }
    throw error;
  }
}
