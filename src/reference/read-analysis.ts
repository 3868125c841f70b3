import { SPAN_NAMES, type SpanName } from '../domain/span-score.js';
import type { JsonObject } from '../util/json-value.js';
import { type Analysis, analysisFields, analysisOfSpans, perSpan } from './analysis.js';
import { joinRows } from './join-rows.js';
import { type ReferenceRow, readReferenceFile, unusableRow } from './reference-rows.js';

const NOTHING_SCORED = analysisOfSpans({});

/**
 * The analysis a line of `*_analysis.jsonl` holds: `{"ppl": [...], "loss": [...]}` with one number for each span,
 * or `{}`, which the research code writes for an empty output. null counts as NaN.
 * @throws {ReflectionError} `dataset_unreadable` when it is neither.
 */
export function readAnalysis(row: ReferenceRow): Analysis {
  if (Object.keys(row.object).length === 0) return NOTHING_SCORED;
  return { ppl: spanValues(row, 'ppl'), loss: spanValues(row, 'loss') };
}

/**
 * Appends the twelve analysis fields to each record of a dataset: what the research code makes a
 * `*_with_analysis.json` of. The lines of `analysisFile` have nothing but their position to be joined by.
 * @throws {ReflectionError} `dataset_unreadable` when a file cannot be read or the lengths differ.
 */
export async function readWithAnalysis(datasetFile: string, analysisFile: string): Promise<JsonObject[]> {
  const dataset = await readReferenceFile(datasetFile);
  const analysis = await readReferenceFile(analysisFile);
  return joinRows({ dataset, analysis }, { kind: 'index' }).map((joined) => ({
    ...joined.dataset.object,
    ...analysisFields(readAnalysis(joined.analysis)),
  }));
}

function spanValues(row: ReferenceRow, form: 'ppl' | 'loss'): Record<SpanName, number> {
  const values = row.object[form];
  const isNumber = (value: unknown) => value === null || typeof value === 'number';
  if (!Array.isArray(values) || values.length !== SPAN_NAMES.length || !values.every(isNumber)) {
    throw unusableRow(row, `"${form}" is not a list of ${SPAN_NAMES.length} numbers`);
  }
  return perSpan((_, index) => values[index] ?? Number.NaN);
}
