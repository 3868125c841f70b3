import { basename } from 'node:path';
import { type IgnoredCounts, IgnoredFields } from '../dataset/ignored-fields.js';
import { datasetBytes, inputName, isRereadable } from '../dataset/input.js';
import { inputFiles } from '../dataset/inputs/input-files.js';
import { layoutReader, openDataset, readLaidOutRows } from '../dataset/open-dataset.js';
import { nothingScorable, requireSample, UnusableRows } from '../dataset/require-sample.js';
import type { Fingerprint } from '../domain/fingerprint.js';
import { type LoadStudentOptions, loadStudent } from '../engine/load-student.js';
import type { LoadedStudent } from '../engine/loaded-student.js';
import { llamaVersion } from '../engine/versions.js';
import { ReflectionError } from '../errors.js';
import { loadAndHash } from '../gguf/load-and-hash.js';
import type { FoundLayout } from '../layout/detect-layout.js';
import { STANDARD_OUTPUT } from '../options/default-output.js';
import { named } from '../options/option-name.js';
import type { CommandOptions } from '../options/required-options.js';
import { refuseToOverwriteInputs } from '../output/claim-paths.js';
import { outputPaths } from '../output/scores/output-paths.js';
import { reserveScores } from '../output/scores/reserve-scores.js';
import { scoreRow } from '../output/scores/score-row.js';
import { spellRow } from '../output/spell-row.js';
import { templateFor } from '../prompt/choose-template.js';
import { REASON_TEXT } from '../report/reason-text.js';
import { reasonsByCount } from '../report/reasons-by-count.js';
import { ScoreSummary, type Summary } from '../report/summarize.js';
import { RememberingScorer } from '../scoring/remembering-scorer.js';
import { scoreStream } from '../scoring/score-stream.js';
import { requestedFingerprint, scoringFingerprint } from '../scoring/scoring-fingerprint.js';
import { defined } from '../util/defined.js';
import { formatCount } from '../util/format.js';
import { linkTarget } from '../util/link-target.js';
import { requireShowable } from './require-showable.js';
import { RowsDigest, rowsDigestOf } from './rows-digest.js';
import { type ScoreInputs, scoreInputs } from './score-inputs.js';
import { countedScore, scorableItems, scoredRows } from './score-items.js';
import { describeRun, hasScores } from './score-manifest.js';
import { unusualLayout, usedFields } from './used-fields.js';

/** The options of `score`, under their names and with their meaning in the table of options. */
export interface ScoreDatasetOptions extends CommandOptions<'score'> {
  readonly signal?: AbortSignal | undefined;
  readonly onStart?: ((start: ScoreDatasetStart) => void) | undefined;
  readonly onProgress?: ((progress: ScoreDatasetProgress) => void) | undefined;
}

export interface ScoreDatasetStart {
  readonly student: LoadedStudent;
  /** Of the dataset; undefined where it does not tell, being a pipe. */
  readonly totalBytes: number | undefined;
  /** How its rows are read. */
  readonly found: FoundLayout;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
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
      /** Rows with fields that had no part in their scores. */
      readonly ignored: IgnoredCounts;
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
 * ends it, finished rows are kept and `resume` takes them up. Where nothing could be scored it rejects with
 * `nothing_scorable`: before a model is loaded if the rows show it, else at the end, with each row's reason written.
 */
export async function scoreDataset(given: ScoreDatasetOptions): Promise<ScoreDatasetResult> {
  const { onStart, onProgress } = given;
  const options = await scoreInputs(given);
  const { dataset, output } = options;
  const written = output === STANDARD_OUTPUT ? [] : Object.values(outputPaths(await linkTarget(output)));
  await refuseToOverwriteInputs([...(await inputFiles(dataset)), options.student.model], written);
  const totalBytes = await datasetBytes(dataset);
  const { limit, signal } = options;
  using data = await openDataset(dataset, options.layout, { format: options.format, limit, signal });
  const { found } = data;
  // a strict run ends at the first of such rows, whatever follows
  const canLook = await isRereadable(dataset);
  if (!options.strict && canLook) {
    await requireSample(dataset, options, layoutReader(found.layout));
  }
  const { metrics, definition, perToken, targets, endOfTurn } = options;
  const ways = { metrics, definition, perToken, targets, endOfTurn };
  const asked = { ...ways, layout: unusualLayout(found) };
  const known = options.template.kind === 'ours' ? options.template.template : undefined;
  await using reserved = await reserveScores({
    path: output,
    existing: options.existing,
    known: { ...requestedFingerprint({ ...asked, template: known }), ...knownOf(options.student) },
  });
  // so that a run repeats itself to the last bit
  const load = () => loadStudent({ ...options.student, independentCalls: true });
  const { model, hash: studentHash } = await loadAndHash(options.student.model, load, signal);
  await using student = model;
  const name = basename(options.student.model);
  const template = templateFor(options.template, { ...student.model, name });
  if (canLook) {
    const rows = readLaidOutRows(dataset, found.layout, { format: options.format, limit, signal });
    await requireShowable(rows, template, targets, inputName(dataset));
  }
  const requested = { ...asked, template };
  const opened = await reserved.open({
    fingerprint: scoringFingerprint(requested, student, studentHash, llamaVersion()),
    acceptChanges: options.acceptChanges,
    origin: data,
  });
  // awaited here: a rejection while the student closes would count as unhandled
  if (opened.alreadyComplete) return await alreadyComplete(opened.meta, options);

  await using file = opened.output;
  onStart?.({ student, totalBytes, found, notes: file.notes, finishedRows: file.finishedRows });
  const started = performance.now();
  const summary = new ScoreSummary();
  const ignored = new IgnoredFields(usedFields(found));
  const unusable = new UnusableRows();
  const digest = new RowsDigest();
  let progress: ScoreDatasetProgress = { rows: 0, bytes: 0, tokens: 0, reused: 0 };
  const scorer = new RememberingScorer(student);
  const items = scorableItems(data.rows, file, { metrics, strict: options.strict });
  const scored = scoreStream(scorer, items, { ...ways, template, signal });
  let repeatedSpans = 0;
  for await (const { row, line, score, ...counts } of scoredRows(scored)) {
    await file.append(line ?? spellRow(scoreRow(row, score, requested)));
    summary.add(countedScore(score), line !== undefined);
    ignored.add(row);
    if (row.kind === 'bad') unusable.add(row);
    digest.add(row);
    progress = {
      rows: progress.rows + 1,
      bytes: row.endByte,
      tokens: progress.tokens + counts.logicalTokens,
      reused: progress.reused + (line === undefined ? 0 : 1),
    };
    repeatedSpans += counts.repeatedSpans;
    onProgress?.(progress);
  }
  // what follows the last row is whitespace
  if (progress.rows !== options.limit) onProgress?.({ ...progress, bytes: totalBytes ?? progress.bytes });

  const result = {
    kind: 'scored',
    output: options.output,
    template: options.template.kind === 'own' ? `chat:${template.name}` : template.name,
    summary: summary.snapshot(),
    ignored: ignored.counts,
    seconds: (performance.now() - started) / 1000,
    logicalTokens: progress.tokens,
    decodedTokens: student.stats().decodedTokens,
    plannedTokens: student.stats().plannedTokens,
    reusedSpans: repeatedSpans + scorer.reusedSpans,
  } as const;
  await file.finish(
    describeRun({ ...requested, found, student, studentHash, options, totalBytes }, result, digest.hex()),
  );
  if (hasScores(result.summary)) return result;
  if (unusable.count === progress.rows) throw await unusable.error(dataset);
  throw allUnscorable(options, result.summary);
}

/** The rows hold samples, but none that this student can score in this template. */
function allUnscorable({ dataset, output }: ScoreInputs, { rows, reasons }: Summary): ReflectionError {
  const told = reasonsByCount(reasons).map(
    ([reason, count]) =>
      `${formatCount(count)} of ${formatCount(rows)} because ${REASON_TEXT[reason]} (${reason})`,
  );
  const where = output === STANDARD_OUTPUT ? 'that were written' : `in ${output}`;
  return nothingScorable(inputName(dataset), {
    found: told.join(', '),
    remedy: `The rows ${where} say more in "detail".`,
  });
}

/** What of a student's part of the fingerprint its options say outright. */
function knownOf({ precision, deterministic }: LoadStudentOptions): Fingerprint {
  return defined({ precision, deterministic });
}

/** @throws {ReflectionError} `resume_mismatch` unless the finished output holds just the rows that were asked for. */
async function alreadyComplete(
  meta: Readonly<Record<string, unknown>>,
  options: ScoreInputs,
): Promise<ScoreDatasetResult> {
  const earlier = meta.dataset as { rows_sha256?: unknown } | undefined;
  const rows = meta.rows as { nothing_scorable?: unknown } | undefined;
  if (earlier?.rows_sha256 === (await rowsDigestOf(options.dataset, options))) {
    if (rows?.nothing_scorable !== true) return { kind: 'complete', output: options.output };
    throw nothingScorable(inputName(options.dataset), {
      found: 'an earlier run has found out',
      remedy: `The rows in ${options.output} say more in "detail".`,
    });
  }
  throw new ReflectionError(
    'resume_mismatch',
    `${options.output} is finished, but was made from other rows: the dataset or ${named('limit')} has changed`,
    { remedy: `write to another ${named('output')}, or give ${named('force')} to score everything again` },
  );
}
