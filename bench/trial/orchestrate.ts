import { join } from 'node:path';
import { BUILT_IN_TEMPLATES, readRows, type Scorer, type SpanOutcome, scoreStream } from 'reflection-tuning';
import { ReservedOutput } from '../../src/output/scores/reserved-output.js';
import { ScoreFile } from '../../src/output/scores/score-file.js';
import { scoreRow } from '../../src/output/scores/score-row.js';
import { spellRow } from '../../src/output/spell-row.js';
import { RowsDigest } from '../../src/pipeline/rows-digest.js';
import { ScoreSummary } from '../../src/report/summarize.js';
import { inTemporaryFolder } from './in-temporary-folder.js';
import { writeShortRows } from './short-rows.js';
import { loadStudent } from './student.js';
import type { Measured, TrialTask } from './task.js';

/**
 * Everything around the engine, with an engine that takes no time: rows are read, rendered, tokenized by the real
 * student, planned, "scored" at once, formatted and appended to a real output file, over `rows.count` short rows.
 */
export async function orchestrate(task: TrialTask): Promise<Measured> {
  await using student = await loadStudent(task);
  return await inTemporaryFolder(async (folder) => {
    const dataset = join(folder, 'rows.jsonl');
    await writeShortRows(task.rows.data, task.rows.count, dataset);
    const started = performance.now();
    const tokens = await scoreInto(join(folder, 'scores.jsonl'), dataset, answeringAtOnce(student), task);
    const seconds = (performance.now() - started) / 1000;
    return { seconds, tokens, rows: task.rows.count, losses: [], facts: {} };
  });
}

/** The `score` command's loop. Returns the tokens that a full pass for each span would process. */
async function scoreInto(
  output: string,
  dataset: string,
  scorer: Scorer,
  { metrics }: TrialTask,
): Promise<number> {
  await using reserved = await ReservedOutput.reserve({ path: output, existing: 'new' });
  const opened = await ScoreFile.open(reserved, { fingerprint: {} });
  if (opened.alreadyComplete) throw new Error(`${output} is there already`);
  await using file = opened.output;
  const summary = new ScoreSummary();
  const digest = new RowsDigest();
  let tokens = 0;
  async function* items() {
    for await (const row of readRows(dataset)) {
      if (row.kind === 'bad') throw new Error(row.detail);
      await file.lookup(row);
      yield { item: row, sample: row.sample };
    }
  }
  const options = { template: BUILT_IN_TEMPLATES.alpaca, metrics };
  for await (const { item, score, logicalTokens } of scoreStream(scorer, items(), options)) {
    await file.append(spellRow(scoreRow(item, score, { perToken: false })));
    summary.add(score);
    digest.add(item);
    tokens += logicalTokens;
  }
  await file.finish({ summary: summary.snapshot(), rows: digest.hex() });
  return tokens;
}

/** A scorer that knows every answer: one nat a token. Everything but `score` is the real one's. */
function answeringAtOnce(scorer: Scorer): Scorer {
  return {
    startToken: scorer.startToken,
    maxLength: scorer.maxLength,
    batchTokens: scorer.batchTokens,
    parallelism: scorer.parallelism,
    tokenize: (texts, options) => scorer.tokenize(texts, options),
    score: async (requests) =>
      requests.map(({ begin, end }): SpanOutcome => {
        return { kind: 'scored', sumLogprob: begin - end, tokenCount: end - begin };
      }),
  };
}
