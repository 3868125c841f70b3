import { basename } from 'node:path';
import { Command, Option } from 'commander';
import { PRECISIONS } from '../../engine/student-options.js';
import { BUILT_IN_TEMPLATE_NAMES } from '../../prompt/built-in-templates.js';
import { loadTemplate } from '../../prompt/load-template.js';
import { renderRunSummary } from '../../recycle/outputs/render-run-summary.js';
import { recycle } from '../../recycle/recycle.js';
import type { RecycleOptions, RecycleStart } from '../../recycle/recycle-options.js';
import { RECYCLE_MODES } from '../../recycle/run/run-manifest.js';
import { DEFINITION_NAMES } from '../../scoring/definition.js';
import { defined } from '../../util/defined.js';
import { describeTeacher } from '../describe-teacher.js';
import { interruptible } from '../interruptible.js';
import { DEVICE_HELP, DEVICES_HELP, deviceList, deviceName, integerFrom } from '../options/option-values.js';
import { addConfigOption, readSettings } from '../options/read-settings.js';
import { addSelectionOptions } from '../options/selection-options.js';
import { type RunSettings, requirePlace } from '../options/settings.js';
import { addTeacherOptions, readTeacherOptions } from '../options/teacher-options.js';
import { createProgress, type Progress } from '../progress/progress.js';
import { reportWait } from '../progress/report-wait.js';
import { reportResumable } from '../report-resumable.js';

export function runCommand(): Command {
  const command = new Command('run')
    .description('let a teacher reflect on a dataset and a student select; goes on where it was stopped')
    .argument('[dataset]', 'JSON Lines or a JSON array of rows with instruction, input (optional) and output')
    .option('-o, --output <directory>', 'the run directory: state, outputs, audit')
    .addOption(
      new Option(
        '--mode <name>',
        'v2: the student selects (default); v1: keep all; score-only: no teacher',
      ).choices(RECYCLE_MODES),
    )
    .option('--limit <rows>', 'stop after this many rows', integerFrom(1))
    .option('--retry-failed', 'ask again for what the teacher failed at in earlier attempts')
    .option('--accept-changes', 'go on although changed options make earlier replies or scores useless');
  addStudentOptions(command);
  addTeacherOptions(command);
  addSelectionOptions(command).option(
    '--eager',
    'make and score all variants, needed or not; selects the same',
  );
  return addConfigOption(command).action(async (dataset: string | undefined) =>
    run(await readSettings('run', command, { dataset })),
  );
}

function addStudentOptions(command: Command): void {
  command
    .option('--student <model.gguf>', 'the model that scores: a causal language model in GGUF format')
    .option(
      '--template <name|file>',
      `prompt template: ${BUILT_IN_TEMPLATE_NAMES.join(', ')}, or a file (default: alpaca)`,
    )
    .addOption(
      new Option('--definition <name>', 'exact token spans, or those of the research code').choices(
        DEFINITION_NAMES,
      ),
    )
    .option('--max-length <tokens>', 'longest sequence (default: 2048)', integerFrom(2))
    .option('--device <name>', DEVICE_HELP, deviceName)
    .addOption(new Option('--devices <list>', DEVICES_HELP).argParser(deviceList).conflicts('device'))
    .option('--gpu-layers <n>', 'layers on the GPU (default: all)', integerFrom(0))
    .addOption(
      new Option('--precision <name>', 'fast: the file’s own weights; precise: all in F32').choices(
        PRECISIONS,
      ),
    )
    .option('--threads <n>', 'CPU threads (default: all)', integerFrom(1))
    .option('--batch-tokens <n>', 'tokens of one decode', integerFrom(32))
    .option('--deterministic', 'equal bits for a score whatever is scored beside it; slower');
}

async function run(settings: RunSettings): Promise<void> {
  const options = await recycleOptions(settings);
  let progress: Progress | undefined;
  let student: RecycleStart['student'] = null;
  const onStart = (start: RecycleStart) => {
    student = start.student;
    describeStart(start, settings);
    progress = createProgress({
      stream: process.stderr,
      totalBytes: start.totalBytes,
      totalRows: settings.limit,
    });
  };
  try {
    const { kind, summary } = await interruptible((signal) =>
      recycle({
        ...options,
        signal,
        onStart,
        onProgress: (update) =>
          progress?.update({ ...update, tokens: student === null ? 0 : student.stats().decodedTokens }),
        onWait: reportWait((line) => progress?.note(line)),
      }),
    );
    progress?.stop();
    if (kind === 'complete') console.error(`${options.output} is complete already`);
    process.stdout.write(`${renderRunSummary(summary)}\noutputs are in ${options.output}\n`);
  } catch (error) {
    progress?.stop();
    if (progress !== undefined) reportResumable(error);
    throw error;
  }
}

function describeStart({ student, teacher, changes }: RecycleStart, settings: RunSettings): void {
  if (teacher !== null) console.error(describeTeacher(teacher));
  if (student !== null && settings.student !== undefined) {
    const { model, device } = student;
    console.error(
      `student ${model.name || basename(settings.student)} on ${device.description || device.name}`,
    );
  }
  for (const change of [...changes.invalidated, ...changes.harmless]) console.error(`note: ${change}`);
}

async function recycleOptions(settings: RunSettings): Promise<RecycleOptions> {
  const { dataset, output } = requirePlace(settings);
  const { mode, limit, acceptChanges, retryFailed, teacher, definition, eager } = settings;
  return {
    ...defined({ mode, limit, acceptChanges, retryFailed, teacher, definition, eager }),
    dataset,
    output,
    ...studentOptions(settings),
    template: await loadTemplate(settings.template ?? 'alpaca'),
    policy: defined({
      keep: settings.keep,
      onFilterFail: settings.onFilterFail,
      maxIfd: settings.maxIfd,
      maxRifd: settings.maxRifd,
    }),
    ...(await readTeacherOptions(settings)),
  };
}

function studentOptions(settings: RunSettings): Pick<RecycleOptions, 'student'> {
  const {
    student: model,
    device,
    devices,
    gpuLayers,
    precision,
    threads,
    batchTokens,
    deterministic,
    maxLength,
  } = settings;
  if (model === undefined) return {};
  return {
    student: {
      ...defined({ device, devices, gpuLayers, precision, threads, batchTokens, deterministic, maxLength }),
      model,
    },
  };
}
