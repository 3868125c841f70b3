import type { LaidOutRow, OpenDataset } from '../dataset/open-dataset.js';
import type { RowScore } from '../domain/chat-score.js';
import { sampleOf } from '../domain/conversation.js';
import { type Metric, type SampleScore, unscorableSample } from '../domain/score.js';
import { ReflectionError } from '../errors.js';
import { named } from '../options/option-name.js';
import type { ScoreKind } from '../output/scores/score-fields.js';
import type { ScoreOutput } from '../output/scores/score-output.js';
import { readScoreLine } from '../scores/read-score-line.js';
import type { ScorableItem, ScoredItem } from '../scoring/score-stream.js';

/** A row, or one side of a preference, on its way through the scorer. */
export interface DatasetItem {
  readonly row: LaidOutRow;
  /** Its finished line, when an earlier attempt wrote it. */
  readonly line?: string;
  /** Of a preference's two sides, the one that comes first and is followed by the other. */
  readonly isChosen?: boolean;
}

export interface ItemSettings {
  readonly metrics: readonly Metric[];
  /** Reject at the first row of which nothing can be made. */
  readonly strict: boolean;
}

/**
 * The rows of a dataset as what there is to score of them: one item each, but two of a preference.
 * @throws {ReflectionError} `row_rejected` at the first bad row, if `strict`.
 */
export async function* scorableItems(
  rows: OpenDataset['rows'],
  output: Pick<ScoreOutput, 'lookup'>,
  { metrics, strict }: ItemSettings,
): AsyncGenerator<ScorableItem<DatasetItem>> {
  for await (const row of rows) {
    const characters = row.text.length;
    if (row.kind === 'bad') {
      if (strict) {
        throw new ReflectionError('row_rejected', row.detail, {
          remedy: `mend the row, or leave out ${named('strict')} to have it written as unscorable`,
        });
      }
      yield { item: { row }, characters, score: unscorableSample(metrics, row) };
      continue;
    }
    const line = await output.lookup(row, expectedKind(row));
    if (line !== undefined) {
      yield {
        item: { row, line },
        characters: characters + line.length,
        score: readScoreLine(line, metrics),
      };
    } else if (row.kind === 'conversation') {
      yield { item: { row }, characters, sample: row.conversation };
    } else {
      yield { item: { row, isChosen: true }, characters, sample: row.chosen.conversation };
      yield { item: { row }, characters: 0, sample: row.rejected.conversation };
    }
  }
}

/** The kind of score that a row is going to have. */
function expectedKind(row: Exclude<LaidOutRow, { kind: 'bad' }>): ScoreKind {
  const isPreference = row.kind === 'preference';
  const { conversation } = isPreference ? row.chosen : row;
  return { isPreference, isChat: sampleOf(conversation) === undefined };
}

/** What came of a row. */
export interface ScoredDatasetRow extends Omit<ScoredItem<DatasetItem>, 'item' | 'score'> {
  readonly row: LaidOutRow;
  readonly line?: string;
  readonly score: RowScore;
}

/** Joins the sides of preferences. */
export async function* scoredRows(
  items: AsyncIterable<ScoredItem<DatasetItem>>,
): AsyncGenerator<ScoredDatasetRow> {
  let chosen: { score: SampleScore; logicalTokens: number; repeatedSpans: number } | undefined;
  for await (const { item, score, ...counts } of items) {
    const { row, line, isChosen } = item;
    if (isChosen) {
      chosen = { score, ...counts };
      continue;
    }
    yield {
      row,
      ...(line !== undefined && { line }),
      score: chosen === undefined ? score : { chosen: chosen.score, rejected: score },
      logicalTokens: counts.logicalTokens + (chosen?.logicalTokens ?? 0),
      repeatedSpans: counts.repeatedSpans + (chosen?.repeatedSpans ?? 0),
    };
    chosen = undefined;
  }
}

/** The score that a row is counted by: a preference by its chosen side's. */
export function countedScore(score: RowScore): SampleScore {
  return 'rejected' in score ? score.chosen : score;
}
