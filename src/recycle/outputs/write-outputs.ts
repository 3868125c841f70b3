import { rm } from 'node:fs/promises';
import type { DatasetFormat } from '../../dataset/dataset-format.js';
import type { BadRow } from '../../dataset/row.js';
import { ArrayWriter } from '../../output/array-writer.js';
import { LineWriter } from '../../output/line-writer.js';
import { whileWriting } from '../../util/output-error.js';
import { renameDurably, replaceFile } from '../../util/replace-file.js';
import type { DecidedRow } from '../rows/decided-row.js';
import { spellJson } from '../run/run-manifest.js';
import type { RunPaths } from '../run/run-paths.js';
import type { RunState } from '../run/run-state.js';
import {
  auditLine,
  badRowAuditLine,
  badRowLine,
  candidateLines,
  rejectedLine,
  selectedLine,
} from './output-lines.js';
import { RunCounter, type RunSummary } from './run-summary.js';

type OutputFile = 'selected' | 'selectedArray' | 'rejected' | 'candidates' | 'audit';

/** What there is to write of a row. */
export type FinishedRow = { readonly decided: DecidedRow } | { readonly bad: BadRow };

/**
 * Writes a run's outputs beside their places and moves them there once all are whole, the summary last.
 * @param format - The dataset's; what was selected is written in the same.
 * @param rows - All rows of the dataset, in its order.
 */
export async function writeOutputs(
  paths: RunPaths,
  format: DatasetFormat,
  rows: AsyncIterable<FinishedRow>,
  state: RunState,
): Promise<RunSummary> {
  const selected = format === 'array' ? 'selectedArray' : 'selected';
  const names = [selected, 'rejected', 'candidates', 'audit'] as const;
  const writers = new Map<OutputFile, LineWriter | ArrayWriter>();
  const counter = new RunCounter();
  let isWhole = false;
  try {
    for (const name of names) {
      const lines = await LineWriter.create(temporary(paths[name]), paths[name]);
      writers.set(name, name === 'selectedArray' ? new ArrayWriter(lines) : lines);
    }
    for await (const row of rows) {
      for (const [name, line] of linesOf(row, selected)) await writers.get(name)!.append(line);
      if ('decided' in row) counter.add(row.decided);
      else counter.addBadRow(row.bad.reason);
    }
    isWhole = true;
  } finally {
    for (const writer of writers.values()) await writer.close({ durably: isWhole });
  }
  for (const name of names) await renameDurably(temporary(paths[name]), paths[name]);
  // The dataset may have had the other format before.
  const stale = format === 'array' ? paths.selected : paths.selectedArray;
  await whileWriting(stale, () => rm(stale, { force: true }));
  const summary = counter.snapshot(state.teacherTotals);
  await replaceFile(paths.summary, spellJson(summary));
  return summary;
}

/** Takes the mark of a finished run away, since its outputs are about to be made anew. */
export async function markUnfinished(paths: RunPaths): Promise<void> {
  await whileWriting(paths.summary, () => rm(paths.summary, { force: true }));
}

function linesOf(row: FinishedRow, selected: OutputFile): readonly (readonly [OutputFile, string])[] {
  if ('bad' in row) {
    return [
      ['rejected', badRowLine(row.bad)],
      ['audit', badRowAuditLine(row.bad)],
    ];
  }
  const { decided } = row;
  const chosen =
    decided.decision.kind === 'selected'
      ? ([selected, selectedLine(decided.row, decided.reflections, decided.decision)] as const)
      : (['rejected', rejectedLine(decided.row, decided.decision)] as const);
  const candidates = candidateLines(decided).map((line) => ['candidates', line] as const);
  return [chosen, ...candidates, ['audit', auditLine(decided)]];
}

function temporary(path: string): string {
  return `${path}.tmp`;
}
