import { rm } from 'node:fs/promises';
import type { BadRow } from '../../dataset/row.js';
import { FORMAT_NAMES, type FormatName } from '../../domain/format-name.js';
import { LineWriter } from '../../output/line-writer.js';
import { writeFiles } from '../../output/pending-files.js';
import { PLAIN_LINES } from '../../output/row-format.js';
import type { RowOrigin } from '../../output/row-origin.js';
import { openRowWriter, type RowWriter } from '../../output/row-writer.js';
import { whileWriting } from '../../util/output-error.js';
import { replaceFile } from '../../util/replace-file.js';
import { type DecidedRow, decidingTurn } from '../rows/decided-turn.js';
import { spellJson } from '../run/run-manifest.js';
import { type RunPaths, selectedPath } from '../run/run-paths.js';
import type { RunState } from '../run/run-state.js';
import { auditLine, badRowAuditLine, candidateLines, decidedRow, rejectedBadRow } from './output-lines.js';
import { RunCounter, type RunSummary } from './run-summary.js';

/** What there is to write of a row. */
export type FinishedRow = { readonly decided: DecidedRow } | { readonly bad: BadRow };

/** The open outputs of a run. */
interface Outputs {
  readonly selected: RowWriter;
  readonly rejected: RowWriter;
  readonly candidates: LineWriter;
  readonly audit: LineWriter;
}

export interface RunFacts {
  readonly state: RunState;
  readonly warnings: readonly string[];
  /** Columns that had a part, of those that might have had none. */
  readonly used: readonly string[];
}

/**
 * Writes a run's outputs beside their places and moves them there once all are whole, the summary last.
 * @param origin - The dataset; what was selected is written in its format.
 * @param rows - All rows of the dataset, in its order.
 * @param run - What else there is to summarize, and columns of the dataset that nothing was to be made of.
 */
export async function writeOutputs(
  paths: RunPaths,
  origin: RowOrigin,
  rows: AsyncIterable<FinishedRow>,
  { state, warnings, used }: RunFacts,
): Promise<RunSummary> {
  const selected = selectedPath(paths, origin.format);
  const counter = new RunCounter(used);
  await writeFiles(async (files) => {
    const openRowFile = (layout: FormatName) => (path: string, name: string) =>
      openRowWriter(path, { ...PLAIN_LINES, layout }, name, origin);
    const openLines = (path: string, name: string) => LineWriter.create(path, name);
    const outputs: Outputs = {
      selected: await files.open(selected, openRowFile(origin.format)),
      rejected: await files.open(paths.rejected, openRowFile('jsonl')),
      candidates: await files.open(paths.candidates, openLines),
      audit: await files.open(paths.audit, openLines),
    };
    for await (const row of rows) {
      if ('decided' in row) await writeDecided(outputs, row.decided);
      else await writeBad(outputs, row.bad);
      if ('decided' in row) counter.add(row.decided);
      else counter.addBadRow(row.bad.reason);
    }
  });
  // The dataset may have had another format before.
  for (const stale of FORMAT_NAMES.map((format) => selectedPath(paths, format))) {
    if (stale !== selected) await whileWriting(stale, () => rm(stale, { force: true }));
  }
  const summary = counter.snapshot(state.teacherTotals, warnings);
  await replaceFile(paths.summary, spellJson(summary));
  return summary;
}

/** Takes the mark of a finished run away, since its outputs are about to be made anew. */
export async function markUnfinished(paths: RunPaths): Promise<void> {
  await whileWriting(paths.summary, () => rm(paths.summary, { force: true }));
}

async function writeDecided({ selected, rejected, candidates, audit }: Outputs, decided: DecidedRow) {
  const isSelected = decidingTurn(decided).decision.kind === 'selected';
  await (isSelected ? selected : rejected).append(decidedRow(decided));
  for (const line of candidateLines(decided)) await candidates.append(line);
  await audit.append(auditLine(decided));
}

async function writeBad({ rejected, audit }: Outputs, row: BadRow) {
  await rejected.append(rejectedBadRow(row));
  await audit.append(badRowAuditLine(row));
}
