import { basename, dirname, resolve } from 'node:path';
import { inputFiles } from '../dataset/inputs/input-files.js';
import { type DatasetName, firstNameIn } from '../domain/dataset-name.js';
import { type FormatName, formatNamedBy } from '../domain/format-name.js';
import { METRICS, type Metric } from '../domain/score.js';
import { type LoadStudentOptions, studentOptions } from '../engine/load-student.js';
import type { LayoutChoice } from '../layout/detect-layout.js';
import type { DefinitionName, TargetChoice } from '../options/choices.js';
import { defaultScoresFile } from '../options/default-output.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions } from '../options/required-options.js';
import type { ExistingOutput } from '../output/scores/earlier-work.js';
import { chooseTemplate, type TemplateChoice } from '../prompt/choose-template.js';
import { layoutChoice } from './layout-choice.js';

/** What there is to score, and how: options with defaults in place, names and files made into what they stand for. */
export interface ScoreInputs {
  readonly dataset: DatasetName;
  readonly format: FormatName | undefined;
  readonly output: string;
  /** What is said about the layout of its rows. */
  readonly layout: LayoutChoice;
  readonly student: LoadStudentOptions;
  readonly template: TemplateChoice;
  readonly targets: TargetChoice;
  readonly endOfTurn: boolean;
  /** In the order of {@link METRICS}. */
  readonly metrics: readonly Metric[];
  readonly definition: DefinitionName;
  readonly perToken: boolean;
  readonly limit: number | undefined;
  readonly strict: boolean;
  readonly existing: ExistingOutput;
  readonly acceptChanges: boolean;
  readonly signal: AbortSignal | undefined;
}

/** @throws {ReflectionError} `invalid_option`; `invalid_template`. */
export async function scoreInputs(
  given: CommandOptions<'score'> & { readonly signal?: AbortSignal | undefined },
): Promise<ScoreInputs> {
  const options = readOptions('score', given, ['signal', 'onStart', 'onProgress']);
  const { signal } = given;
  const { dataset } = options;
  return {
    dataset,
    format: options.format,
    output: options.output === undefined ? await defaultOutput(options) : asPath(options.output),
    student: studentOptions(options, signal),
    layout: await layoutChoice(options),
    template: await chooseTemplate(options),
    targets: options.targets,
    endOfTurn: options.endOfTurn,
    metrics: METRICS.filter((metric) => options.metrics.includes(metric)),
    definition: options.definition,
    perToken: options.perToken,
    limit: options.limit,
    strict: options.strict,
    existing: options.resume ? 'resume' : options.force ? 'force' : 'new',
    acceptChanges: options.acceptChanges,
    signal,
  };
}

/** Of a folder or a pattern its files tell the format; what is in several files of columns goes to a folder of them. */
async function defaultOutput({ dataset, format }: CommandOptions<'score'>): Promise<string> {
  const first = firstNameIn(dataset);
  const files = await inputFiles(dataset);
  if (files.includes(first)) return defaultScoresFile(dataset, format);
  const known = format ?? formatNamedBy(files[0]!);
  const folder = basename(dirname(resolve(files[0]!)));
  return known === 'parquet' || known === 'arrow'
    ? `${folder}.scored`
    : defaultScoresFile(folder, known ?? 'jsonl');
}

/** A folder is the same with a slash behind it. */
function asPath(output: string): string {
  return output.replace(/(?<=.)[/\\]+$/, '');
}
