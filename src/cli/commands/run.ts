import { basename } from 'node:path';
import { Command } from 'commander';
import { optionError } from '../../options/option-error.js';
import { named } from '../../options/option-name.js';
import { recycle } from '../../recycle/recycle.js';
import type { RecycleStart } from '../../recycle/recycle-options.js';
import { adviseOnIgnored } from '../../report/advise-on-ignored.js';
import { describeLayout } from '../../report/describe-layout.js';
import { renderRunSummary } from '../../report/render-run-summary.js';
import { describeTeacher } from '../describe-teacher.js';
import { isDryRun, printEstimate } from '../dry-run.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';
import { oneOrSeveral } from '../options/one-or-several.js';
import { readSettings, type Settings } from '../options/read-settings.js';
import { createProgress, type Progress } from '../progress/progress.js';
import { reportNotice } from '../progress/report-notice.js';
import { reportWait } from '../progress/report-wait.js';
import { reportResumable } from '../report-resumable.js';

export function runCommand(): Command {
  const command = addOptions(new Command('run'), 'run').description(
    'let a teacher reflect on a dataset and a student select; goes on where it was stopped',
  );
  return command.action(async (dataset: readonly string[]) => {
    const settings = await readSettings('run', command, { dataset: oneOrSeveral(dataset) });
    await (isDryRun(command) ? estimateRun(settings) : run(settings));
  });
}

/** @throws {ReflectionError} `invalid_option` in a mode without student or teacher. */
async function estimateRun(settings: Settings<'run'>): Promise<void> {
  const { mode = 'v2', student } = settings;
  if (mode === 'v2' && student !== undefined) return printEstimate({ ...settings, student });
  throw optionError('mode', `What is estimated is a run in ${named('mode')} v2, not in ${mode}.`, {
    remedy: `Leave out ${named('mode')}, or ${named('dryRun')}.`,
  });
}

async function run(settings: Settings<'run'>): Promise<void> {
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
        ...settings,
        signal,
        onStart,
        onProgress: (update) =>
          progress?.update({ ...update, tokens: student === null ? 0 : student.stats().decodedTokens }),
        onWait: reportWait((line) => progress?.note(line)),
        onNotice: reportNotice((line) =>
          progress === undefined ? console.error(line) : progress.note(line),
        ),
      }),
    );
    progress?.stop();
    if (kind === 'complete') console.error(`${settings.output} is complete already`);
    process.stdout.write(`${renderRunSummary(summary)}\noutputs are in ${settings.output}\n`);
    const advised = adviseOnIgnored(summary.ignored_fields ?? {});
    for (const advice of [...(summary.model_warnings ?? []), ...advised]) {
      console.error(`\nwarning: ${advice}`);
    }
  } catch (error) {
    progress?.stop();
    if (progress !== undefined) reportResumable(error);
    throw error;
  }
}

function describeStart(
  { student, teacher, found, notes, changes }: RecycleStart,
  settings: Settings<'run'>,
): void {
  if (found.rows > 0) console.error(describeLayout(found));
  if (teacher !== null) console.error(describeTeacher(teacher));
  if (student !== null && settings.student !== undefined) {
    const { model, device } = student;
    console.error(
      `student ${model.name || basename(settings.student)} on ${device.description || device.name}`,
    );
  }
  for (const note of [...notes, ...changes.invalidated, ...changes.harmless]) console.error(`note: ${note}`);
}
