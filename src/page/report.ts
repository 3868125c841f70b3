import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { loadStudent, studentOptions } from '../engine/load-student.js';
import { ReflectionError } from '../errors.js';
import { readVocabulary } from '../gguf/vocabulary.js';
import { optionError } from '../options/option-error.js';
import { named } from '../options/option-name.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions, CompleteOptions } from '../options/required-options.js';
import { refuseExisting, refuseToOverwriteInputs } from '../output/claim-paths.js';
import { chooseTemplate, templateFor } from '../prompt/choose-template.js';
import { compareSources, type SourceComparison } from '../survey/compare-sources.js';
import type { ShownRow } from '../survey/shown-row.js';
import type { Survey } from '../survey/survey.js';
import { surveyRun } from '../survey/survey-run.js';
import { surveyScores } from '../survey/survey-scores.js';
import type { SurveyedSource } from '../survey/surveyor.js';
import { replaceFile } from '../util/replace-file.js';
import { drawFigure } from './figures/draw-figure.js';
import { writeFigures } from './figures/figure-files.js';
import { figuresOf } from './figures/figures-of.js';
import { pageAssets } from './page-assets.js';
import type { PageSource } from './page-data.js';
import { type DrawnFigure, renderPage } from './render-page.js';
import { isScoredOtherwise, withTokens } from './tokens/shown-tokens.js';

/** The options of `report`. Without an output there is no page, and without `figures` no files of figures. */
export interface ReportOptions extends CommandOptions<'report'> {
  readonly signal?: AbortSignal | undefined;
}

/** A report in numbers, and the files that were written. */
export interface Report {
  readonly surveys: readonly Survey[];
  /** Of the first source with each of the others. */
  readonly comparisons: readonly SourceComparison[];
  readonly files: readonly string[];
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

/** A page stays below 5 MB. */
const MOST_PAGE_BYTES = 4.8e6;
/** Of one source: figures for both widths, with their marks. */
const FIGURE_BYTES = 0.7e6;
/** What there is to show of a source at least, however many there are. */
const LEAST_ROW_BYTES = 0.2e6;
/** What a student adds to the rows, beside what they take: the texts of tokens, and two numbers for each. */
const TOKEN_SHARE = 0.4;

/** How much the rows may take that a page shows of each source. */
function rowBytes(sources: number, hasStudent: boolean): number {
  const room = MOST_PAGE_BYTES / sources - FIGURE_BYTES;
  return Math.max(LEAST_ROW_BYTES, hasStudent ? room * (1 - TOKEN_SHARE) : room);
}

/**
 * Surveys scored files and run directories, from what is stored in them, into one page of HTML.
 * @param sources - Files with scores in them, as `score` writes them, and directories of finished runs.
 * @throws {ReflectionError} `dataset_unreadable`, `journal_unreadable`, `output_unwritable`, `invalid_option`, `aborted`.
 */
export async function report(sources: readonly string[], given: ReportOptions = {}): Promise<Report> {
  const options = readOptions('report', given, ['signal']);
  if (sources.length === 0) {
    throw new ReflectionError('dataset_unreadable', 'There is nothing to report of.', {
      remedy: 'Name scored files or directories of finished runs.',
    });
  }
  const { output, figures: figureDirectory, force } = options;
  if (output !== undefined) {
    await refuseToOverwriteInputs(sources, [output]);
    await refuseExisting(output, force);
  }
  const isRun = await Promise.all(sources.map(isDirectory));
  if (!isRun.includes(false)) refuseThresholds(given);
  const surveyed: SurveyedSource[] = [];
  const mostBytes = rowBytes(sources.length, options.student !== undefined);
  for (const [i, source] of sources.entries()) {
    const survey = isRun[i] ? surveyRun : surveyScores;
    surveyed.push(await survey(source, { ...options, mostBytes, signal: given.signal }));
  }
  const surveys = surveyed.map(({ survey }) => survey);
  const comparisons = compareSources(surveyed);
  if (output === undefined && figureDirectory === undefined)
    return { surveys, comparisons, files: [], notes: [] };
  const figures = await drawFigures(surveys);
  const files: string[] = [];
  const notes: string[] = [];
  if (output !== undefined) {
    const rows = await rowsWithTokens(surveyed, options, given.signal);
    if (rows.some(isScoredOtherwise)) notes.push(SCORED_OTHERWISE);
    const data = { sources: surveyed.map(({ survey }, i) => pageSource(survey, rows[i]!, figures, i)) };
    const assets = await pageAssets();
    await replaceFile(output, renderPage({ surveys, comparisons, figures, data, assets }));
    files.push(output);
  }
  if (figureDirectory !== undefined) files.push(...(await writeFigures(figureDirectory, figures)));
  return { surveys, comparisons, files, notes };
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

/** @throws {ReflectionError} `invalid_option` for what decides about scored files where there are only runs. */
function refuseThresholds(given: ReportOptions): void {
  const name = (['maxIfd', 'maxRifd', 'top'] as const).find((option) => given[option] !== undefined);
  if (name === undefined) return;
  throw optionError(name, `${named(name)} does not apply to runs, which have decided.`, {
    remedy: 'Leave it out, or name scored files.',
  });
}

/** The rows that are shown of each source, with the tokens of their answers where there is a student. */
async function rowsWithTokens(
  sources: readonly SurveyedSource[],
  options: CompleteOptions<'report'>,
  signal: AbortSignal | undefined,
): Promise<readonly (readonly ShownRow[])[]> {
  const { student: model, tokenRows } = options;
  const shown = sources.map((source) => source.shown);
  if (model === undefined) return shown;
  const choice = await chooseTemplate({ ...options, endOfTurn: false });
  await using student = await loadStudent(studentOptions({ ...options, student: model }, signal));
  const template = templateFor(choice, { ...student.model, name: basename(model) });
  const vocabulary = await readVocabulary(model, signal);
  const told = { student, vocabulary, template, signal };
  const withThem: (readonly ShownRow[])[] = [];
  for (const rows of shown) withThem.push(await withTokens(rows, Math.ceil(tokenRows / shown.length), told));
  return withThem;
}

const SCORED_OTHERWISE =
  'The tokens add up to other scores than those that are stored: another student or template has made these.';

/** Figure by figure, those of all sources side by side. */
async function drawFigures(surveys: readonly Survey[]): Promise<DrawnFigure[]> {
  const bySource = surveys.map(figuresOf);
  const names = [...new Set(bySource.flat().map(({ name }) => name))];
  const drawn: DrawnFigure[] = [];
  for (const name of names) {
    for (const [source, figures] of bySource.entries()) {
      const figure = figures.find((candidate) => candidate.name === name);
      if (figure === undefined) continue;
      const [wide, narrow] = [await drawFigure(figure, 'wide'), await drawFigure(figure, 'narrow')];
      drawn.push({ figure, source, wide, narrow });
    }
  }
  return drawn;
}

function pageSource(
  survey: Survey,
  rows: readonly ShownRow[],
  figures: readonly DrawnFigure[],
  place: number,
): PageSource {
  const own = figures.filter(({ source }) => source === place);
  return {
    name: survey.source,
    kind: survey.kind,
    total: survey.rows,
    rows,
    unit: survey.lengths.unit,
    field: survey.groups?.field ?? null,
    marks: Object.fromEntries(own.map(({ figure }) => [figure.name, figure.marks])),
    labels: Object.fromEntries(survey.flow.nodes.map(({ id, label }) => [id, label])),
  };
}
