import { Command } from 'commander';
import { reflect } from '../../recycle/reflect.js';
import { adviseOnIgnored } from '../../report/advise-on-ignored.js';
import { describeLayout } from '../../report/describe-layout.js';
import { renderTeacherTotals } from '../../report/render-run-summary.js';
import { describeTeacher } from '../describe-teacher.js';
import { interruptible } from '../interruptible.js';
import { addOptions } from '../options/add-options.js';
import { oneOrSeveral } from '../options/one-or-several.js';
import { readSettings, type Settings } from '../options/read-settings.js';
import { createProgress, type Progress } from '../progress/progress.js';
import { reportNotice } from '../progress/report-notice.js';
import { reportWait } from '../progress/report-wait.js';
import { reportResumable } from '../report-resumable.js';

export function reflectCommand(): Command {
  const command = addOptions(new Command('reflect'), 'reflect').description(
    'have a teacher make all candidates of every row; a later `run` there asks for none again',
  );
  return command.action(async (dataset: readonly string[]) =>
    reflectDataset(await readSettings('reflect', command, { dataset: oneOrSeveral(dataset) })),
  );
}

async function reflectDataset(settings: Settings<'reflect'>): Promise<void> {
  let progress: Progress | undefined;
  try {
    const { file, teacher, ignored } = await interruptible((signal) =>
      reflect({
        ...settings,
        signal,
        onStart(start) {
          if (start.found.rows > 0) console.error(describeLayout(start.found));
          console.error(describeTeacher(start.teacher));
          for (const note of start.notes) console.error(`note: ${note}`);
          progress = createProgress({
            stream: process.stderr,
            totalBytes: start.totalBytes,
            totalRows: settings.limit,
          });
        },
        onProgress: (update) => progress?.update({ ...update, tokens: 0 }),
        onWait: reportWait((line) => progress?.note(line)),
        onNotice: reportNotice((line) =>
          progress === undefined ? console.error(line) : progress.note(line),
        ),
      }),
    );
    progress?.stop();
    console.log(`${renderTeacherTotals(teacher)}\n\nrows with their candidates are in ${file}`);
    for (const advice of adviseOnIgnored(ignored)) console.error(`\nwarning: ${advice}`);
  } catch (error) {
    progress?.stop();
    if (progress !== undefined) reportResumable(error);
    throw error;
  }
}
