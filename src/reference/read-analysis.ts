import { SPAN_NAMES, type SpanName } from '../domain/span-score.js';
import { type Analysis, analysisFields, analysisOfSpans, perSpan } from './analysis.js';
import { joinRows } from './join-rows.js';
import { type ReferenceFile, type ReferenceRow, readReferenceFile, unusableRow } from './reference-rows.js';

type AnalysisRow = Pick<ReferenceRow, 'file' | 'line' | 'object'>;

const NOTHING_SCORED = analysisOfSpans({});

/**
 * The analysis a line of `*_analysis.jsonl` holds: `{"ppl": [...], "loss": [...]}` with one number for each span,
 * or `{}`, which the research code writes for an empty output. null counts as NaN.
 * @throws {ReflectionError} `dataset_unreadable` when it is neither.
 */
export function readAnalysis(row: AnalysisRow): Analysis {
  if (Object.keys(row.object).length === 0) return NOTHING_SCORED;
  return { ppl: spanValues(row, 'ppl'), loss: spanValues(row, 'loss') };
}

/** A file of records with scores, or a `*_analysis.jsonl`, whose lines hold nothing else, and what it is of. */
export type ScoredFile = string | { readonly analysis: string; readonly dataset: string };

/**
 * The records of a scored file. Those of an analysis get its twelve fields appended, which makes them what a
 * `*_with_analysis.json` holds; its lines have nothing but their position to be joined by.
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read or the lengths differ; `aborted`.
 */
export async function readScoredFile(file: ScoredFile, signal?: AbortSignal): Promise<ReferenceFile> {
  if (typeof file === 'string') return readReferenceFile(file, signal);
  const dataset = await readReferenceFile(file.dataset, signal);
  const analysis = await readReferenceFile(file.analysis, signal);
  const rows = joinRows({ dataset, analysis }).map((joined) => {
    const added = analysisFields(readAnalysis(joined.analysis));
    return { ...joined.dataset, object: { ...joined.dataset.object, ...added }, added };
  });
  return { file: file.dataset, rows };
}

function spanValues(row: AnalysisRow, form: 'ppl' | 'loss'): Record<SpanName, number> {
  const values = row.object[form];
  const isNumber = (value: unknown) => value === null || typeof value === 'number';
  if (!Array.isArray(values) || values.length !== SPAN_NAMES.length || !values.every(isNumber)) {
    throw unusableRow(row, `"${form}" is not a list of ${SPAN_NAMES.length} numbers`);
  }
  return perSpan((_, index) => values[index] ?? Number.NaN);
}
