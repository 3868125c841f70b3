import { Command } from 'commander';
import { reflect } from '../../recycle/reflect.js';
import { renderTeacherTotals } from '../../recycle/render-run-summary.js';
import { defined } from '../../util/defined.js';
import { interruptible } from '../interruptible.js';
import { loadConfig } from '../load-config.js';
import { integerFrom } from '../option-values.js';
import { createProgress, type Progress } from '../progress.js';
import { reportResumable } from '../report-resumable.js';
import { RUN_SETTINGS, type RunSettings, requirePlace, requireTeacher } from '../run-settings.js';
import { addTeacherOptions, readTeacherOptions } from '../teacher-options.js';

export function reflectCommand(): Command {
  const command = new Command('reflect')
    .description('have a teacher make all candidates of every row; a later `run` there asks for none again')
    .argument('[dataset]', 'JSON Lines or a JSON array of rows with instruction, input (optional) and output')
    .option(
      '-o, --output <directory>',
      'the run directory; the rows with their candidates go to reflected.jsonl',
    )
    .option(
      '--config <file>',
      'settings (default: reflection-tuning.config.{ts,js,mjs,json} if there is one)',
    )
    .option('--limit <rows>', 'stop after this many rows', integerFrom(1));
  addTeacherOptions(command);
  return command.action((dataset: string | undefined, flags: ReflectFlags) => reflectDataset(dataset, flags));
}

type ReflectFlags = Omit<RunSettings, 'dataset'> & { readonly config?: string };

async function reflectDataset(
  dataset: string | undefined,
  { config, ...flags }: ReflectFlags,
): Promise<void> {
  const settings = { ...(await loadConfig(config, RUN_SETTINGS)), ...defined({ ...flags, dataset }) };
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
