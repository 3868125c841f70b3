import { Command } from 'commander';
import { renderTeacherTotals } from '../../recycle/outputs/render-run-summary.js';
import { reflect } from '../../recycle/reflect.js';
import { defined } from '../../util/defined.js';
import { describeTeacher } from '../describe-teacher.js';
import { interruptible } from '../interruptible.js';
import { integerFrom } from '../options/option-values.js';
import { addConfigOption, readSettings } from '../options/read-settings.js';
import { type ReflectSettings, requirePlace, requireTeacher } from '../options/settings.js';
import { addTeacherOptions, readTeacherOptions } from '../options/teacher-options.js';
import { createProgress, type Progress } from '../progress/progress.js';
import { reportWait } from '../progress/report-wait.js';
import { reportResumable } from '../report-resumable.js';

export function reflectCommand(): Command {
  const command = new Command('reflect')
    .description('have a teacher make all candidates of every row; a later `run` there asks for none again')
    .argument('[dataset]', 'JSON Lines or a JSON array of rows with instruction, input (optional) and output')
    .option(
      '-o, --output <directory>',
      'the run directory; the rows with their candidates go to reflected.jsonl',
    )
    .option('--limit <rows>', 'stop after this many rows', integerFrom(1))
    .option('--threads <n>', 'gguf: CPU threads (default: all)', integerFrom(1));
  addTeacherOptions(command);
  return addConfigOption(command).action(async (dataset: string | undefined) =>
    reflectDataset(await readSettings('reflect', command, { dataset })),
  );
}

async function reflectDataset(settings: ReflectSettings): Promise<void> {
  const { limit } = settings;
  const options = {
    ...requirePlace(settings),
    ...(await readTeacherOptions(settings)),
    ...defined({ limit }),
    teacher: requireTeacher(settings),
  };
  let progress: Progress | undefined;
  try {
    const { file, teacher } = await interruptible((signal) =>
      reflect({
        ...options,
        signal,
        onStart(start) {
          console.error(describeTeacher(start.teacher));
          progress = createProgress({
            stream: process.stderr,
            totalBytes: start.totalBytes,
            totalRows: limit,
          });
        },
        onProgress: (update) => progress?.update({ ...update, tokens: 0 }),
        onWait: reportWait((line) => progress?.note(line)),
      }),
    );
    progress?.stop();
    console.log(`${renderTeacherTotals(teacher)}\n\nrows with their candidates are in ${file}`);
  } catch (error) {
    progress?.stop();
    if (progress !== undefined) reportResumable(error);
    throw error;
  }
}
