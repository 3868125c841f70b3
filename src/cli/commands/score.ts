import { basename } from 'node:path';
import { Command } from 'commander';
import { ReflectionError } from '../../errors.js';
import { warningsAbout } from '../../gguf/load-warnings.js';
import { defaultScoresFile, STANDARD_OUTPUT } from '../../options/default-output.js';
import { withDefaults } from '../../options/defaults.js';
import { nameFlags } from '../../options/option-name.js';
import { type ScoreDatasetStart, scoreDataset } from '../../pipeline/score-dataset.js';
import { adviseOnIgnored } from '../../report/advise-on-ignored.js';
import { adviseOnScores } from '../../report/advise-on-scores.js';
import { describeLayout } from '../../report/describe-layout.js';
import { renderSummary } from '../../report/render-summary.js';
import { formatCount } from '../../util/format.js';
import { isDryRun, printEstimate } from '../dry-run.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';
import { oneOrSeveral } from '../options/one-or-several.js';
import { readSettings, type Settings } from '../options/read-settings.js';
import { createProgress, type Progress } from '../progress/progress.js';

export function scoreCommand(): Command {
  const command = addOptions(new Command('score'), 'score').description('score a dataset by IFD and r-IFD');
  return command.action(async (dataset: readonly string[]) => {
    const settings = await readSettings('score', command, { dataset: oneOrSeveral(dataset) });
    await (isDryRun(command) ? printEstimate(settings) : score(settings));
  });
}

async function score(settings: Settings<'score'>): Promise<void> {
  const { maxLength } = withDefaults('score', settings);
  const isPiped = (settings.output ?? defaultScoresFile(settings.dataset)) === STANDARD_OUTPUT;
  // rows have standard output to themselves
  const say = (text: string) => (isPiped ? process.stderr : process.stdout).write(text);
  let progress: Progress | undefined;
  let rowsKept = 0;
  let warnings: readonly string[] = [];
  const onStart = ({ student, totalBytes, found, notes, finishedRows }: ScoreDatasetStart) => {
    const { model, engine, device } = student;
    if (found.rows > 0) console.error(describeLayout(found));
    console.error(
      `student ${model.name || basename(settings.student)} (${model.architecture}, ${model.quantization}, ${student.precision}) on ${device.description || device.name}` +
        `; ${engine.head} head, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}, ${formatCount(engine.batchTokens)} tokens a batch`,
    );
    if (engine.maxLength < maxLength) {
      console.error(
        `note: the student’s context limits sequences to ${formatCount(engine.maxLength)} tokens`,
      );
    }
    warnings = warningsAbout('student', settings.student, model.warnings);
    for (const warning of warnings) console.error(`warning: ${warning}`);
    for (const note of notes) console.error(`note: ${note}`);
    rowsKept = finishedRows;
    if (finishedRows > 0) console.error(`resuming: ${formatCount(finishedRows)} rows are done`);
    progress = createProgress({ stream: process.stderr, totalBytes, totalRows: settings.limit });
  };

  try {
    const result = await interruptible((signal) =>
      scoreDataset({
        ...settings,
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
      say(`${result.output} is complete already: nothing to do\n`);
      return;
    }
    say(renderSummary(result.summary, { ...result, student: settings.student }));
    const advised = [...adviseOnScores(result.summary), ...adviseOnIgnored(result.ignored)];
    for (const advice of [...warnings, ...advised]) {
      console.error(`\nwarning: ${nameFlags(advice)}`);
    }
  } catch (error) {
    progress?.stop();
    const isFinished = error instanceof ReflectionError && error.code === 'nothing_scorable';
    if (rowsKept > 0 && !isPiped && !isFinished) {
      const unwritten = error instanceof ReflectionError && error.code === 'output_unwritable';
      const rows = unwritten ? 'the rows that could be written' : `${formatCount(rowsKept)} finished rows`;
      const resume = settings.force ? '--resume in place of --force' : '--resume';
      console.error(`${rows} are kept: run the same command with ${resume} to go on`);
    }
    throw error;
  }
}
