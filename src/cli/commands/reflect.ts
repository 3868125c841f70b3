import { Command } from 'commander';
import { reflect } from '../../recycle/reflect.js';
import { renderTeacherTotals } from '../../recycle/render-run-summary.js';
import { defined } from '../../util/defined.js';
import { interruptible } from '../interruptible.js';
import { integerFrom } from '../option-values.js';
import { createProgress, type Progress } from '../progress.js';
import { addConfigOption, readSettings } from '../read-settings.js';
import { reportResumable } from '../report-resumable.js';
import { reportWait } from '../report-wait.js';
import { type ReflectSettings, requirePlace, requireTeacher } from '../settings.js';
import { addTeacherOptions, readTeacherOptions } from '../teacher-options.js';

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
          console.error(`teacher ${start.teacher}`);
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
