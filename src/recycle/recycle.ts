import { readFile } from 'node:fs/promises';
import { datasetBytes } from '../dataset/dataset-bytes.js';
import { datasetError } from '../dataset/dataset-error.js';
import { datasetFormat } from '../dataset/dataset-format.js';
import { readRows } from '../dataset/read-rows.js';
import type { Fingerprint } from '../domain/fingerprint.js';
import { ReflectionError } from '../errors.js';
import { named } from '../options/option-name.js';
import { RememberingScorer } from '../scoring/remembering-scorer.js';
import { plannerFor } from '../scoring/score-stream.js';
import type { BatchTeacher } from '../teacher/batch/batch-teacher.js';
import type { Teacher } from '../teacher/teacher.js';
import { defined } from '../util/defined.js';
import { fileHash } from '../util/file-hash.js';
import { replaceFile } from '../util/replace-file.js';
import { interruptsOf } from './interrupts.js';
import { openModels } from './models/open-models.js';
import type { OpenedStudent } from './models/open-student.js';
import type { RunSummary } from './outputs/run-summary.js';
import { markUnfinished, writeOutputs } from './outputs/write-outputs.js';
import type { RecycleOptions, RecycleProgress, RecycleResult } from './recycle-options.js';
import { CARRIED_REFLECTIONS } from './reflections/carried-reflections.js';
import type { ReflectionSource } from './reflections/reflection.js';
import { TeacherReflections } from './reflections/teacher-reflections.js';
import { BatchReplies } from './replies/batch-replies.js';
import { repliesOf } from './replies/replies-of.js';
import type { ReplySource } from './replies/reply-source.js';
import { decideGroup } from './rows/decide-group.js';
import { reflectEverything } from './rows/reflect-everything.js';
import { ROWS_PER_GROUP } from './rows/row-groups.js';
import { StudentScores } from './rows/student-scores.js';
import { type DecideRows, finishedRows, sweep } from './rows/sweep.js';
import { inRunDirectory } from './run/in-run-directory.js';
import {
  compareManifests,
  type ManifestChanges,
  type RunManifest,
  readManifest,
  selectionFingerprint,
  spellJson,
  teacherFingerprint,
} from './run/run-manifest.js';
import type { RunPaths } from './run/run-paths.js';
import type { RunState } from './run/run-state.js';
import { type RunInputs, runInputs } from './run-inputs.js';

const NO_CHANGES: ManifestChanges = { invalidated: [], harmless: [] };

/**
 * Recycles a dataset into a run directory: the teacher reflects, the student decides. May be called again after
 * whatever ended it, with the same options or others: what is still valid is not done again, and the outputs of a
 * run that was interrupted are, byte for byte, those of one that was not.
 *
 * Rejects with a ReflectionError: `invalid_option`, what opening the dataset, the student and the teacher rejects
 * with, `resume_mismatch` when changed options would waste earlier work and `acceptChanges` is not set,
 * `output_unwritable` (also when another process is at work in the directory), `aborted`, and what makes a teacher
 * unusable, e.g. `budget_exhausted`.
 */
export async function recycle(options: RecycleOptions): Promise<RecycleResult> {
  const inputs = await runInputs(options);
  const totalBytes = await datasetBytes(options.dataset);
  return inRunDirectory(options, (paths, state) => recycleInto(paths, state, totalBytes, inputs, options));
}

async function recycleInto(
  paths: RunPaths,
  state: RunState,
  totalBytes: number,
  inputs: RunInputs,
  options: RecycleOptions,
): Promise<RecycleResult> {
  await using models = await openModels(inputs, paths, state);
  const { teacher, opened } = models;
  const manifest = await manifestOf(options, inputs, teacher, opened);
  const before = await readManifest(paths.manifest);
  const changes = before === undefined ? NO_CHANGES : compareManifests(before, manifest);
  if (changes.invalidated.length > 0 && !options.acceptChanges) throw mismatch(options, changes);
  options.onStart?.({
    student: opened?.student ?? null,
    teacher: teacher ? { id: teacher.id, server: teacher.server } : null,
    totalBytes,
    changes,
  });

  const retries = options.retryFailed === true && state.teacherTotals.failed > 0;
  if (!retries && before !== undefined && spellJson(before) === spellJson(manifest)) {
    const summary = await readSummary(paths);
    if (summary !== undefined) return { kind: 'complete', summary };
  }
  await markUnfinished(paths);
  await replaceFile(paths.manifest, spellJson(manifest));
  if (retries) state.forgetFailed();
  return await work({ paths, state, totalBytes, inputs, options, teacher, opened });
}

interface WorkParts {
  readonly paths: RunPaths;
  readonly state: RunState;
  readonly totalBytes: number;
  readonly inputs: RunInputs;
  readonly options: RecycleOptions;
  readonly teacher: Teacher | BatchTeacher | undefined;
  readonly opened: OpenedStudent | undefined;
}

async function work({ paths, state, totalBytes, inputs, options, teacher, opened }: WorkParts) {
  using interrupts = interruptsOf(options.signal, inputs.grace);
  const replies = teacher && repliesOf(teacher, options, state, interrupts);
  const reflections = reflectionsOf(teacher, replies, inputs);
  const scores = opened && scoresOf(opened, inputs, state, interrupts.hangUp);
  const signal = interrupts.stopAsking;
  const decideRows: DecideRows =
    scores === undefined
      ? (rows) => reflectEverything(rows, reflections)
      : (rows) => decideGroup(rows, { ...inputs, reflections, scores, signal });

  let progress: RecycleProgress = { rows: 0, bytes: 0, asked: 0, scored: 0, reused: 0 };
  const report = (rows: number, bytes: number) => {
    const asked = replies?.asked ?? 0;
    const scored = scores?.scored ?? 0;
    progress = { rows, bytes, asked, scored, reused: asked + scored === 0 ? rows : progress.reused };
    state.progress = { rows, bytes, totalBytes };
    options.onProgress?.(progress);
  };
  const rows = () => readRows(options.dataset, options);
  const sweepOnce = async (mayBegin?: () => boolean) => {
    progress = { ...progress, rows: 0, bytes: 0 };
    await sweep(rows(), decideRows, {
      groups: groupsUnderWay(inputs, opened?.student.parallelism ?? 1),
      onGroup: (group) => report(progress.rows + group.rows.length, progress.bytes + group.bytes),
      ...defined({ mayBegin }),
    });
  };
  if (replies instanceof BatchReplies) await replies.inWaves(() => sweepOnce(() => !replies.isFull));
  else await sweepOnce();
  // What follows the last row is white space.
  if (progress.rows !== options.limit) report(progress.rows, totalBytes);
  const format = await datasetFormat(options.dataset);
  const summary = await writeOutputs(paths, format, finishedRows(rows(), decideRows), state);
  return { kind: 'finished', summary } as const;
}

function reflectionsOf(
  teacher: { readonly id: string } | undefined,
  replies: ReplySource | undefined,
  inputs: RunInputs,
): ReflectionSource {
  if (teacher === undefined || replies === undefined) return CARRIED_REFLECTIONS;
  return new TeacherReflections({ ...inputs, teacherId: teacher.id, replies });
}

/** Enough that each session has work while other rows are with the teacher, and that the teacher has, too. */
function groupsUnderWay({ concurrency }: RunInputs, parallelism: number): number {
  return 1 + Math.max(2 * parallelism, Math.ceil((2 * concurrency) / ROWS_PER_GROUP));
}

function scoresOf(
  { student, fingerprint }: OpenedStudent,
  inputs: RunInputs,
  state: RunState,
  signal: AbortSignal,
): StudentScores {
  return new StudentScores({
    // only a deterministic student gives equal spans equal bits, without which a run would not end as another
    scorer: student.deterministic ? new RememberingScorer(student) : student,
    planner: plannerFor(student, inputs),
    fingerprint,
    state,
    signal,
  });
}

async function manifestOf(
  { dataset, limit, signal }: RecycleOptions,
  { mode, prompts, sampling, eager, policy }: RunInputs,
  teacher: { readonly id: string } | undefined,
  opened: OpenedStudent | undefined,
): Promise<RunManifest> {
  const sha256 = await fileHash(dataset, signal).catch((cause) => {
    throw datasetError(dataset, cause);
  });
  const data: Fingerprint = { sha256, limit: limit ?? null };
  return {
    format: 'reflection-tuning run',
    version: 1,
    dataset,
    data,
    teacher: teacher === undefined ? null : teacherFingerprint(teacher.id, prompts, sampling),
    scoring: opened?.fingerprint ?? null,
    selection: selectionFingerprint(mode, eager, policy),
  };
}

async function readSummary({ summary }: RunPaths): Promise<RunSummary | undefined> {
  try {
    return JSON.parse(await readFile(summary, 'utf8')) as RunSummary;
  } catch {
    return undefined;
  }
}

function mismatch({ output }: RecycleOptions, { invalidated }: ManifestChanges): ReflectionError {
  return new ReflectionError(
    'resume_mismatch',
    `${output} was made in another way. Now ${invalidated.join('; and ')}.`,
    {
      remedy: `Restore the options, name another directory, or give ${named('acceptChanges')}; nothing is deleted.`,
    },
  );
}
