import { type IgnoredCounts, IgnoredFields } from '../dataset/ignored-fields.js';
import { type LaidOutRow, readLaidOutRows } from '../dataset/open-dataset.js';
import { datasetOrigin } from '../dataset/open-rows.js';
import type { TurnChoice } from '../options/choices.js';
import { writeFiles } from '../output/pending-files.js';
import { rowFormatOf } from '../output/row-format.js';
import type { RowOrigin } from '../output/row-origin.js';
import { openRowWriter } from '../output/row-writer.js';
import type { OutputRow } from '../output/spell-row.js';
import { usedFields } from '../pipeline/used-fields.js';
import type { JsonObject } from '../util/json-value.js';
import { mapInOrder } from '../util/map-in-order.js';
import { forEachConcurrently, settleAll } from '../util/settle-all.js';
import type { WorkLimit } from '../util/work-limit.js';
import { interruptsOf } from './interrupts.js';
import { openTeacher } from './models/open-teacher.js';
import { modelPlaces, requireMemory } from './models/require-memory.js';
import type { ReflectOptions } from './recycle-options.js';
import { CANDIDATES_FIELD, carriedCandidates } from './reflections/carried-reflections.js';
import { reflectOn } from './reflections/reflect-on.js';
import type { ReflectionSource } from './reflections/reflection.js';
import { TeacherReflections } from './reflections/teacher-reflections.js';
import { BatchReplies, unlessNotYetAnswered } from './replies/batch-replies.js';
import type { KeptReplies } from './replies/kept-replies.js';
import { repliesOf } from './replies/replies-of.js';
import type { VariantReflections } from './rows/decided-turn.js';
import { type RecycledTurn, turnsToRecycle } from './rows/recycled-turn.js';
import { keepTeacher, refuseWaste, repliesLostTo } from './run/earlier-run.js';
import { inRunDirectory } from './run/in-run-directory.js';
import { teacherFingerprint } from './run/run-manifest.js';
import { reflectedPath } from './run/run-paths.js';
import type { TeacherTotals } from './run/run-state.js';
import { reflectInputs, runPlace } from './run-inputs.js';

export interface ReflectResult {
  /** Every row with its candidates, as mode `score-only` takes them. */
  readonly file: string;
  readonly teacher: TeacherTotals;
  /** Rows with fields that the teacher was not shown. */
  readonly ignored: IgnoredCounts;
}

/** Rows under way for each request under way, so that a slow one does not hold the others up. */
const ROWS_PER_REQUEST = 8;
/** What large rows under way may have together. */
const MOST_CHARACTERS = 2 ** 25;

/**
 * Has a teacher make every candidate of every row, and nothing else. May be called again after whatever ended it; a
 * later run in the same directory, with the same teacher, asks for none of them again.
 * Rejects as {@link recycle} does.
 */
export async function reflect(options: ReflectOptions): Promise<ReflectResult> {
  const { format, signal, onProgress } = options;
  const { prompts, sampling, turns, concurrency, grace, ...inputs } = await reflectInputs(options);
  return inRunDirectory(runPlace(options, inputs), async ({ paths, state, dataset, found, notes }) => {
    const reading = { format, name: dataset.name, limit: options.limit, signal };
    const rows = () => readLaidOutRows(dataset.file, found.layout, reading);
    using interrupts = interruptsOf(signal, grace);
    await requireMemory(modelPlaces(inputs.teacher, undefined));
    await using teacher = await openTeacher(inputs.teacher, paths, state, options.onNotice);
    const asked = teacherFingerprint(teacher.id, prompts, sampling);
    const lost = await repliesLostTo(asked, state, paths);
    refuseWaste(lost, options);
    await keepTeacher(paths, asked);
    if (options.retryFailed) state.forgetFailed();
    options.onStart?.({
      teacher: { id: teacher.id, server: teacher.server },
      totalBytes: dataset.bytes,
      found,
      notes: [...notes, ...lost],
    });
    const replies = repliesOf(teacher, options, state, interrupts);
    const source = new TeacherReflections({ teacherId: teacher.id, replies, prompts, sampling });
    const limit: WorkLimit<LaidOutRow> = {
      items: concurrency * ROWS_PER_REQUEST,
      weight: { of: ({ text }) => text.length, most: MOST_CHARACTERS },
    };
    if (replies instanceof BatchReplies) {
      await replies.inWaves(() => askForAll(rows(), turns, source, replies, limit));
    }
    const reflected = mapInOrder(rows(), (row) => reflectedRow(row, turns, source), limit);
    const ignored = new IgnoredFields(usedFields(found));
    let done = 0;
    let reused = 0;
    const origin = await datasetOrigin(dataset.file, { format, name: dataset.name });
    const file = reflectedPath(paths, origin.format);
    await writeReflected(file, { origin, kept: replies.kept }, reflected, (row) => {
      done++;
      ignored.add(row);
      if (replies.asked === 0) reused = done;
      onProgress?.({ rows: done, bytes: row.endByte, asked: replies.asked, scored: 0, reused });
    });
    return { file, teacher: state.teacherTotals, ignored: ignored.counts };
  });
}

/** Has the source learn what there is to be asked, as far as the replies that are there lead. */
async function askForAll(
  rows: AsyncIterable<LaidOutRow>,
  turns: TurnChoice,
  source: ReflectionSource,
  replies: BatchReplies,
  limit: WorkLimit<LaidOutRow>,
): Promise<void> {
  const ask = async (row: LaidOutRow): Promise<void> => {
    if (row.kind === 'bad' || replies.isFull) return;
    const asked = turnsToRecycle(row, turns).map((turn) => allReflections(turn, source));
    await unlessNotYetAnswered(settleAll(asked));
  };
  await forEachConcurrently(rows, ask, limit);
}

interface ReflectedRow extends OutputRow {
  readonly row: LaidOutRow;
}

async function writeReflected(
  path: string,
  { origin, kept }: { readonly origin: RowOrigin; readonly kept: KeptReplies },
  rows: AsyncIterable<ReflectedRow>,
  onRow: (row: LaidOutRow) => void,
): Promise<void> {
  await writeFiles(async (files) => {
    const writer = await files.open(path, (place, name) =>
      openRowWriter(place, rowFormatOf(path), name, origin),
    );
    for await (const reflected of rows) {
      await writer.append(reflected);
      onRow(reflected.row);
    }
    kept.requireUsable();
  });
}

/** A row with its candidates; a bad row has none. */
async function reflectedRow(
  row: LaidOutRow,
  choice: TurnChoice,
  source: ReflectionSource,
): Promise<ReflectedRow> {
  const turns = row.kind === 'bad' ? [] : turnsToRecycle(row, choice);
  const reflected = await settleAll(
    turns.map(async (turn) => ({ turn, candidates: candidatesIn(await allReflections(turn, source)) })),
  );
  const candidates = reflected.length === 0 ? {} : carriedCandidates(reflected);
  return { row, index: row.index, fields: { [CANDIDATES_FIELD]: candidates }, isCompact: true };
}

function candidatesIn(reflections: VariantReflections): JsonObject {
  const candidates = Object.entries(reflections).flatMap(([variant, reflection]) =>
    reflection.kind === 'candidate' ? [[variant, reflection.sample]] : [],
  );
  return Object.fromEntries(candidates);
}

async function allReflections(turn: RecycledTurn, source: ReflectionSource): Promise<VariantReflections> {
  const [instruction, response] = await settleAll([
    reflectOn(turn, 'instruction', turn.sample, source),
    reflectOn(turn, 'response', turn.sample, source),
  ]);
  if (instruction?.kind !== 'candidate') return { response: response! };
  return {
    instruction,
    response: response!,
    both: await reflectOn(turn, 'both', instruction.sample, source),
  };
}
