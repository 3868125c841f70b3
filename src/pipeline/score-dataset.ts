import { realpath } from 'node:fs/promises';
import { datasetBytes } from '../dataset/dataset-bytes.js';
import { readRows } from '../dataset/read-rows.js';
import type { Row } from '../dataset/row.js';
import type { Fingerprint } from '../domain/fingerprint.js';
import { type Metric, unscorableSample } from '../domain/score.js';
import { type LoadStudentOptions, loadStudent } from '../engine/load-student.js';
import type { LoadedStudent } from '../engine/loaded-student.js';
import { llamaVersion } from '../engine/versions.js';
import { ReflectionError } from '../errors.js';
import { loadAndHash } from '../gguf/load-and-hash.js';
import { named } from '../options/option-name.js';
import type { CommandOptions } from '../options/required-options.js';
import { formatScoreLine } from '../output/format-score-line.js';
import { outputPaths } from '../output/output-paths.js';
import { readScoreLine } from '../output/read-score-line.js';
import { ReservedOutput } from '../output/reserved-output.js';
import { ScoreFile } from '../output/score-file.js';
import { ScoreSummary, type Summary } from '../report/summarize.js';
import { RememberingScorer } from '../scoring/remembering-scorer.js';
import { type ScorableItem, scoreStream } from '../scoring/score-stream.js';
import { requestedFingerprint, scoringFingerprint } from '../scoring/scoring-fingerprint.js';
import { defined } from '../util/defined.js';
import { RowsDigest, rowsDigestOf } from './rows-digest.js';
import { type ScoreInputs, scoreInputs } from './score-inputs.js';
import { describeRun } from './score-manifest.js';

/** The options of `score`, under their names and with their meaning in the table of options. */
export interface ScoreDatasetOptions extends CommandOptions<'score'> {
  readonly signal?: AbortSignal | undefined;
  readonly onStart?: ((start: ScoreDatasetStart) => void) | undefined;
  readonly onProgress?: ((progress: ScoreDatasetProgress) => void) | undefined;
}

export interface ScoreDatasetStart {
  readonly student: LoadedStudent;
  readonly totalBytes: number;
  /** Rows that an earlier attempt has finished. */
  readonly finishedRows: number;
}

export interface ScoreDatasetProgress {
  readonly rows: number;
  /** Bytes of the dataset up to the end of these rows; all of them at the end, unless `limit` came first. */
  readonly bytes: number;
  /** Tokens that one forward pass per span would have processed, without reused rows. */
  readonly tokens: number;
  readonly reused: number;
}

export type ScoreDatasetResult =
  /** The output was there already, made from this dataset with these parameters. */
  | { readonly kind: 'complete'; readonly output: string }
  | {
      readonly kind: 'scored';
      readonly output: string;
      /** The template's name. */
      readonly template: string;
      readonly summary: Summary;
      readonly seconds: number;
      readonly logicalTokens: number;
      readonly decodedTokens: number;
      /** Tokens that packing and shared prefixes leave to decode; the difference is what determinism cost. */
      readonly plannedTokens: number;
      /** Spans equal to one that had been scored already. */
      readonly reusedSpans: number;
    };

/**
 * Scores a dataset file into an output file, streaming, in input order. Rejects with a ReflectionError; whatever
 * ends it, finished rows are kept and `resume` takes them up.
 */
export async function scoreDataset(given: ScoreDatasetOptions): Promise<ScoreDatasetResult> {
  const { onStart, onProgress } = given;
  const options = await scoreInputs(given);
  await refuseToOverwriteInput(options);
  const totalBytes = await datasetBytes(options.dataset);
  const { template, metrics, definition, perToken, signal } = options;
  const requested = { template, metrics, definition, perToken };
  await using reserved = await ReservedOutput.reserve({
    path: options.output,
    existing: options.existing,
    known: { ...requestedFingerprint(requested), ...knownOf(options.student) },
  });
  const load = () => loadStudent(options.student);
  const { model, hash: studentHash } = await loadAndHash(options.student.model, load, signal);
  await using student = model;
  const opened = await ScoreFile.open(reserved, {
    fingerprint: scoringFingerprint(requested, student, studentHash, llamaVersion()),
    acceptChanges: options.acceptChanges,
  });
  // awaited here: a rejection while the student closes would count as unhandled
  if (opened.alreadyComplete) return await alreadyComplete(opened.meta, options);

  await using file = opened.file;
  onStart?.({ student, totalBytes, finishedRows: file.finishedRows });
  const started = performance.now();
  const summary = new ScoreSummary();
  const digest = new RowsDigest();
  let progress: ScoreDatasetProgress = { rows: 0, bytes: 0, tokens: 0, reused: 0 };
  const scorer = new RememberingScorer(student);
  const scored = scoreStream(scorer, scorableRows(file, requested.metrics, options), {
    ...requested,
    ...(signal && { signal }),
  });
  let repeatedSpans = 0;
  for await (const { item, score, ...counts } of scored) {
    await file.append(item.line ?? formatScoreLine(item.row, score, requested));
    summary.add(score, item.line !== undefined);
    digest.add(item.row);
    progress = {
      rows: progress.rows + 1,
      bytes: item.row.endByte,
      tokens: progress.tokens + counts.logicalTokens,
      reused: progress.reused + (item.line === undefined ? 0 : 1),
    };
    repeatedSpans += counts.repeatedSpans;
    onProgress?.(progress);
  }
  // what follows the last row is whitespace
  if (progress.rows !== options.limit) onProgress?.({ ...progress, bytes: totalBytes });

  const result = {
    kind: 'scored',
    output: options.output,
    template: template.name,
    summary: summary.snapshot(),
    seconds: (performance.now() - started) / 1000,
    logicalTokens: progress.tokens,
    decodedTokens: student.stats().decodedTokens,
    plannedTokens: student.stats().plannedTokens,
    reusedSpans: repeatedSpans + scorer.reusedSpans,
  } as const;
  await file.finish(
    describeRun({ ...requested, student, studentHash, options, totalBytes }, result.summary, digest.hex()),
  );
  return result;
}

/** What of a student's part of the fingerprint its options say outright. */
function knownOf({ precision, deterministic }: LoadStudentOptions): Fingerprint {
  return defined({ precision, deterministic });
}

interface DatasetItem {
  readonly row: Row;
  /** Its finished line, when an earlier attempt wrote it. */
  readonly line?: string;
}

async function* scorableRows(
  file: ScoreFile,
  metrics: readonly Metric[],
  { dataset, limit, strict, signal }: ScoreInputs,
): AsyncGenerator<ScorableItem<DatasetItem>> {
  for await (const row of readRows(dataset, { limit, signal })) {
    if (row.kind === 'bad') {
      if (strict) {
        throw new ReflectionError('row_rejected', row.detail, {
          remedy: `mend the row, or leave out ${named('strict')} to have it written as unscorable`,
        });
      }
      yield { item: { row }, characters: row.text.length, score: unscorableSample(metrics, row) };
      continue;
    }
    const line = await file.lookup(row);
    yield line === undefined
      ? { item: { row }, characters: row.text.length, sample: row.sample }
      : {
          item: { row, line },
          characters: row.text.length + line.length,
          score: readScoreLine(line, metrics),
        };
  }
}

async function refuseToOverwriteInput({ dataset, output, student }: ScoreInputs): Promise<void> {
  const resolve = (path: string) => realpath(path).catch(() => path);
  const written = await Promise.all(Object.values(outputPaths(output)).map(resolve));
  for (const input of [dataset, student.model]) {
    if (written.includes(await resolve(input))) {
      throw new ReflectionError(
        'output_unwritable',
        `writing ${output} would replace ${input}, which this run reads`,
        {
          remedy: `name another ${named('output')}`,
          option: 'output',
        },
      );
    }
  }
}

/** @throws {ReflectionError} `resume_mismatch` unless the finished output holds just the rows that were asked for. */
async function alreadyComplete(
  meta: Readonly<Record<string, unknown>>,
  options: ScoreInputs,
): Promise<ScoreDatasetResult> {
  const earlier = meta.dataset as { rows_sha256?: unknown } | undefined;
  if (earlier?.rows_sha256 === (await rowsDigestOf(options.dataset, options))) {
    return { kind: 'complete', output: options.output };
  }
  throw new ReflectionError(
    'resume_mismatch',
    `${options.output} is finished, but was made from other rows: the dataset or ${named('limit')} has changed`,
    { remedy: `write to another ${named('output')}, or give ${named('force')} to score everything again` },
  );
}
