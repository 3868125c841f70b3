import { access } from 'node:fs/promises';
import { FORMAT_NAMES } from '../domain/format-name.js';
import { METRICS, type Metric } from '../domain/score.js';
import { finishedRun } from '../recycle/outputs/read-audit.js';
import { readManifest } from '../recycle/run/run-manifest.js';
import { type RunPaths, selectedPath } from '../recycle/run/run-paths.js';
import { RunState } from '../recycle/run/run-state.js';
import { readObjectRows } from '../scores/read-scored-rows.js';
import { type Measurement, measurement } from '../selection/measurement.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import { linesOfFile } from '../util/lines-of-file.js';
import { throwIfAborted } from '../util/throw-if-aborted.js';
import { KEPT } from './flow.js';
import { auditedNumber, showAuditRow } from './show-audit-row.js';
import type { TeacherPoint, TeacherSurvey } from './survey.js';
import { type ReadRow, type SurveyedSource, type SurveyOptions, Surveyor } from './surveyor.js';

/**
 * Surveys a finished run from what it has written, in one pass over its audit.
 * @throws {ReflectionError} `dataset_unreadable` when the directory is none of a finished run; `journal_unreadable`;
 *   `aborted`.
 */
export async function surveyRun(directory: string, options: SurveyOptions): Promise<SurveyedSource> {
  const { by, signal } = options;
  const paths = await finishedRun(directory);
  const surveyor = new Surveyor(options);
  await using rows = await ownFields(paths, by, signal);
  for await (const lines of linesOfFile(paths.audit)) {
    throwIfAborted(signal);
    for (const { bytes } of lines) {
      const audit = JSON.parse(bytes.toString()) as JsonObject;
      surveyor.add(readAuditRow(audit, await rows.next(audit.outcome !== null)));
    }
  }
  const { table } = surveyor;
  const rule = await ruleOf(paths);
  const teacher = surveyTeacher(paths);
  return surveyor.finish({ name: directory, kind: 'run', rule }, (row) => table.path(row), teacher);
}

function readAuditRow(audit: JsonObject, groupValue: unknown): ReadRow {
  const { outcome, winner, reason, row_key } = audit;
  const scores = isJsonObject(audit.scores) ? audit.scores : {};
  const texts = isJsonObject(audit.texts) ? audit.texts : {};
  const isSample = isJsonObject(texts.original);
  const output = isSample ? (texts.original as JsonObject).output : undefined;
  return {
    key: String(row_key),
    before: measured(scores.original),
    after: measured(outcome === null ? undefined : scores[String(outcome)]),
    tokens: tokensOf(scores.original),
    characters: typeof output === 'string' ? output.length : undefined,
    path: isSample ? pathOf(String(winner), outcome === null ? String(reason) : KEPT) : [String(reason)],
    reasons: [
      ...(isSample ? [] : [{ kind: 'row' as const, reason: String(reason) }]),
      ...Object.values(scores).flatMap((score) =>
        METRICS.flatMap((metric) => {
          const missing =
            isJsonObject(score) && isJsonObject(score[metric]) ? score[metric].reason : undefined;
          return typeof missing === 'string' ? [{ kind: 'score' as const, reason: missing }] : [];
        }),
      ),
      ...(Array.isArray(audit.reflections) ? audit.reflections : []).flatMap((reflection) =>
        isJsonObject(reflection) && reflection.status === 'failed'
          ? [{ kind: 'reflection' as const, reason: String(reflection.reason) }]
          : [],
      ),
    ],
    groupValue,
    show: () => ({ id: audit.id === null ? null : String(audit.id), ...showAuditRow(audit) }),
  };
}

/** Whose instruction and whose answer won, and what became of them. */
function pathOf(winner: string, end: string): string[] {
  const isNew = winner === 'instruction' || winner === 'both';
  return [isNew ? 'new_instruction' : 'old_instruction', winner, end];
}

function measured(scores: unknown): Readonly<Record<Metric, Measurement>> {
  const of = (metric: Metric) =>
    measurement(
      auditedNumber(isJsonObject(scores) ? scores[metric] : undefined) ?? Number.NaN,
      'not_recorded',
    );
  return { ifd: of('ifd'), rifd: of('rifd') };
}

/** Of the answer: what IFD is about. */
function tokensOf(scores: unknown): number | undefined {
  const ifd = isJsonObject(scores) ? scores.ifd : undefined;
  return isJsonObject(ifd) && typeof ifd.tokens === 'number' ? ifd.tokens : undefined;
}

/** The fields of the rows themselves, which the audit does not have: the outputs hold every row, in its order. */
interface OwnFields extends AsyncDisposable {
  /** The field of the next row. @param isSelected - In which of the two outputs it is. */
  next(isSelected: boolean): Promise<unknown>;
}

async function ownFields(paths: RunPaths, by: string | undefined, signal?: AbortSignal): Promise<OwnFields> {
  if (by === undefined) return { next: async () => undefined, [Symbol.asyncDispose]: async () => {} };
  const selected = readObjectRows(await selectedFile(paths), { signal });
  const rejected = readObjectRows(paths.rejected, { signal });
  return {
    async next(isSelected) {
      const { value } = await (isSelected ? selected : rejected).next();
      return value?.object[by];
    },
    async [Symbol.asyncDispose]() {
      await selected.return();
      await rejected.return();
    },
  };
}

/** The selected rows are in the dataset's own format. */
async function selectedFile(paths: RunPaths): Promise<string> {
  for (const path of FORMAT_NAMES.map((format) => selectedPath(paths, format))) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return paths.selected;
}

/** In words, what was selected. */
async function ruleOf(paths: RunPaths): Promise<string[]> {
  const { mode, keep, max_ifd, max_rifd } = (await readManifest(paths.manifest))?.selection ?? {};
  if (mode === 'v1') return ['everything that was reflected on'];
  return [
    keep === 'all' ? 'whatever wins' : 'winners with a new answer',
    ...(max_rifd === 'Infinity' ? [] : [`r-IFD below ${max_rifd}`]),
    ...(max_ifd === 'Infinity' ? [] : [`IFD below ${max_ifd}`]),
  ];
}

/** Points of the course: enough for a line that looks smooth. */
const MOST_POINTS = 200;

function surveyTeacher(paths: RunPaths): TeacherSurvey | undefined {
  using state = RunState.openToRead(paths.state);
  if (state === undefined) return undefined;
  const totals = state.teacherTotals;
  const replies = totals.answered + totals.failed;
  if (replies === 0) return undefined;
  const stride = Math.ceil(replies / MOST_POINTS);
  const course: TeacherPoint[] = [];
  let sum: TeacherPoint = { replies: 0, promptTokens: 0, completionTokens: 0, cost: 0 };
  for (const { promptTokens, completionTokens, cost } of state.replyCosts()) {
    sum = {
      replies: sum.replies + 1,
      promptTokens: sum.promptTokens + promptTokens,
      completionTokens: sum.completionTokens + completionTokens,
      cost: sum.cost + (cost ?? 0),
    };
    if (sum.replies % stride === 0 || sum.replies === replies) course.push(sum);
  }
  return { totals, course };
}
