import { readLaidOutRows } from '../dataset/open-dataset.js';
import { datasetOrigin } from '../dataset/open-rows.js';
import type { FoundLayout } from '../layout/detect-layout.js';
import { requireShowable } from '../pipeline/require-showable.js';
import { usedFields } from '../pipeline/used-fields.js';
import { defined } from '../util/defined.js';
import { interruptsOf } from './interrupts.js';
import { type Models, openModels } from './models/open-models.js';
import type { RunSummary } from './outputs/run-summary.js';
import { writeOutputs } from './outputs/write-outputs.js';
import { ProgressReport } from './progress-report.js';
import type { RecycleOptions, RecycleResult } from './recycle-options.js';
import { CANDIDATES_FIELD } from './reflections/carried-reflections.js';
import { BatchReplies } from './replies/batch-replies.js';
import { repliesOf } from './replies/replies-of.js';
import { ROWS_PER_GROUP } from './rows/row-groups.js';
import { finishedRows, sweep } from './rows/sweep.js';
import { turnDecider } from './rows/turn-decider.js';
import { beginRun, changesSince, finishedSummary, readEarlierRun, refuseWaste } from './run/earlier-run.js';
import { inRunDirectory, type RunRoom } from './run/in-run-directory.js';
import { makeManifest } from './run/make-manifest.js';
import type { ManifestChanges } from './run/run-manifest.js';
import { type RunInputs, runInputs, runPlace } from './run-inputs.js';

/**
 * Recycles a dataset into a run directory: the teacher reflects, the student decides. May be called again after
 * whatever ended it, with the same options or others: what is still valid is not done again, and the outputs of a
 * run that was interrupted are, byte for byte, those of one that was not.
 *
 * Rejects with a ReflectionError: `invalid_option`, what opening the dataset, the student and the teacher rejects
 * with, `nothing_scorable`, `resume_mismatch` when changed options would waste earlier work and `acceptChanges` is not set,
 * `output_unwritable` (also when another process is at work in the directory), `aborted`, and what makes a teacher
 * unusable, e.g. `budget_exhausted`.
 */
export async function recycle(options: RecycleOptions): Promise<RecycleResult> {
  const inputs = await runInputs(options);
  return inRunDirectory(runPlace(options, inputs), async (room) => {
    const { paths, state, dataset, found } = room;
    await using models = await openModels(inputs, paths, state, options.onNotice);
    if (models.opened !== undefined) {
      const rows = readLaidOutRows(dataset.file, found.layout, {
        name: dataset.name,
        limit: options.limit,
        signal: options.signal,
      });
      await requireShowable(rows, models.opened.template, inputs.scoring.targets, dataset.name);
    }
    const manifest = await makeManifest({ ...dataset, found }, options, inputs, models);
    const earlier = await readEarlierRun(paths);
    const changes = await changesSince(earlier, manifest, state, paths);
    refuseWaste(changes.invalidated, options);
    tellStart(options, models, room, changes);

    const isRetry = options.retryFailed === true && state.teacherTotals.failed > 0;
    const done = isRetry ? undefined : finishedSummary(earlier, manifest);
    if (done !== undefined) return { kind: 'complete', summary: done };
    await beginRun(paths, manifest);
    if (isRetry) state.forgetFailed();
    const summary = await decideAll({ room, inputs, options, models });
    return { kind: 'finished', summary };
  });
}

function tellStart(
  { onStart }: RecycleOptions,
  { teacher, opened }: Models,
  { dataset, found, notes }: RunRoom,
  changes: ManifestChanges,
): void {
  onStart?.({
    student: opened?.student ?? null,
    teacher: teacher ? { id: teacher.id, server: teacher.server } : null,
    totalBytes: dataset.bytes,
    // rows that bring their candidates have a use for them
    found: teacher === undefined ? withoutUnused(found, CANDIDATES_FIELD) : found,
    notes,
    changes,
  });
}

function withoutUnused(found: FoundLayout, column: string): FoundLayout {
  return { ...found, unused: found.unused.filter((name) => name !== column) };
}

interface RunParts {
  readonly room: RunRoom;
  readonly inputs: RunInputs;
  readonly options: RecycleOptions;
  readonly models: Models;
}

/** Gets all that the rows' decisions need, then writes what was decided. */
async function decideAll({ room, inputs, options, models }: RunParts): Promise<RunSummary> {
  const { paths, state, dataset, found } = room;
  using interrupts = interruptsOf(options.signal, inputs.grace);
  const replies = models.teacher && repliesOf(models.teacher, options, state, interrupts);
  const { decideTurns, scores } = turnDecider(models, replies, inputs, state, interrupts);
  const progress = new ProgressReport(
    () => ({ asked: replies?.asked ?? 0, scored: scores?.scored ?? 0 }),
    (update) => {
      state.progress = { rows: update.rows, bytes: update.bytes, totalBytes: dataset.bytes };
      options.onProgress?.(update);
    },
  );
  const { limit, signal } = options;
  const reading = { format: options.format, name: dataset.name };
  const rows = () => readLaidOutRows(dataset.file, found.layout, { ...reading, limit, signal });
  const sweepOnce = async (mayBegin?: () => boolean) => {
    progress.restart();
    await sweep(rows(), decideTurns, {
      turns: inputs.turns,
      groups: groupsUnderWay(inputs, models.opened?.student.parallelism ?? 1),
      onGroup: (group) => progress.add(group.rows.length, group.bytes),
      ...defined({ mayBegin }),
    });
  };
  if (replies instanceof BatchReplies) await replies.inWaves(() => sweepOnce(() => !replies.isFull));
  else await sweepOnce();
  replies?.kept.requireUsable();
  if (progress.rows !== options.limit) progress.finish(dataset.bytes);
  const origin = await datasetOrigin(dataset.file, reading);
  const finished = finishedRows(rows(), decideTurns, inputs.turns);
  const { warnings } = models;
  return await writeOutputs(paths, origin, finished, { state, warnings, used: usedFields(found) });
}

/** Enough that each session has work while other rows are with the teacher, and that the teacher has, too. */
function groupsUnderWay({ concurrency }: RunInputs, parallelism: number): number {
  return 1 + Math.max(2 * parallelism, Math.ceil((2 * concurrency) / ROWS_PER_GROUP));
}
