import { type IgnoredCounts, IgnoredFields } from '../dataset/ignored-fields.js';
import { readRows } from '../dataset/open-rows.js';
import type { Row, SampleRow } from '../dataset/row.js';
import { writeFiles } from '../output/pending-files.js';
import { rowFormatOf } from '../output/row-format.js';
import { openRowWriter } from '../output/row-writer.js';
import type { OutputRow } from '../output/spell-row.js';
import { mapInOrder } from '../util/map-in-order.js';
import { forEachConcurrently, settleAll } from '../util/settle-all.js';
import type { WorkLimit } from '../util/work-limit.js';
import { interruptsOf } from './interrupts.js';
import { openTeacher } from './models/open-teacher.js';
import { modelPlaces, requireMemory } from './models/require-memory.js';
import type { ReflectOptions } from './recycle-options.js';
import { CANDIDATES_FIELD } from './reflections/carried-reflections.js';
import type { ReflectionSource } from './reflections/reflection.js';
import { TeacherReflections } from './reflections/teacher-reflections.js';
import { BatchReplies, unlessNotYetAnswered } from './replies/batch-replies.js';
import type { KeptReplies } from './replies/kept-replies.js';
import { repliesOf } from './replies/replies-of.js';
import type { VariantReflections } from './rows/decided-row.js';
import { inRunDirectory } from './run/in-run-directory.js';
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
  const { signal, onProgress } = options;
  const { prompts, sampling, concurrency, grace, ...inputs } = await reflectInputs(options);
  return inRunDirectory(runPlace(options), async ({ paths, state, dataset, notes }) => {
    const rows = () => readRows(dataset.file, { name: dataset.name, limit: options.limit, signal });
    using interrupts = interruptsOf(signal, grace);
    await requireMemory(modelPlaces(inputs.teacher, undefined));
    await using teacher = await openTeacher(inputs.teacher, paths, state, options.onNotice);
    if (options.retryFailed) state.forgetFailed();
    options.onStart?.({
      teacher: { id: teacher.id, server: teacher.server },
      totalBytes: dataset.bytes,
      notes,
    });
    const replies = repliesOf(teacher, options, state, interrupts);
    const source = new TeacherReflections({ teacherId: teacher.id, replies, prompts, sampling });
    const limit: WorkLimit<Row> = {
      items: concurrency * ROWS_PER_REQUEST,
      weight: { of: ({ text }) => text.length, most: MOST_CHARACTERS },
    };
    if (replies instanceof BatchReplies) {
      await replies.inWaves(() => askForAll(rows(), source, replies, limit));
    }
    const reflected = mapInOrder(rows(), (row) => reflectedRow(row, source), limit);
    const ignored = new IgnoredFields();
    let done = 0;
    let reused = 0;
    await writeReflected(paths.reflected, replies.kept, reflected, (row) => {
      done++;
      ignored.add(row);
      if (replies.asked === 0) reused = done;
      onProgress?.({ rows: done, bytes: row.endByte, asked: replies.asked, scored: 0, reused });
    });
    return { file: paths.reflected, teacher: state.teacherTotals, ignored: ignored.counts };
  });
}

/** Has the source learn what there is to be asked, as far as the replies that are there lead. */
async function askForAll(
  rows: AsyncIterable<Row>,
  source: ReflectionSource,
  replies: BatchReplies,
  limit: WorkLimit<Row>,
): Promise<void> {
  const ask = async (row: Row): Promise<void> => {
    if (row.kind === 'sample' && !replies.isFull) await unlessNotYetAnswered(allReflections(row, source));
  };
  await forEachConcurrently(rows, ask, limit);
}

interface ReflectedRow extends OutputRow {
  readonly row: Row;
}

async function writeReflected(
  path: string,
  kept: KeptReplies,
  rows: AsyncIterable<ReflectedRow>,
  onRow: (row: Row) => void,
): Promise<void> {
  await writeFiles(async (files) => {
    const writer = await files.open(path, (place, name) => openRowWriter(place, rowFormatOf(path), name));
    for await (const reflected of rows) {
      await writer.append(reflected);
      onRow(reflected.row);
    }
    kept.requireUsable();
  });
}

/** A row with its candidates; a bad row has none. */
async function reflectedRow(row: Row, source: ReflectionSource): Promise<ReflectedRow> {
  const reflections = row.kind === 'bad' ? {} : await allReflections(row, source);
  const candidates = Object.entries(reflections).flatMap(([variant, reflection]) =>
    reflection.kind === 'candidate' ? [[variant, reflection.sample]] : [],
  );
  return { row, fields: { [CANDIDATES_FIELD]: Object.fromEntries(candidates) }, isCompact: true };
}

async function allReflections(row: SampleRow, source: ReflectionSource): Promise<VariantReflections> {
  const [instruction, response] = await settleAll([
    source.reflect(row, 'instruction', row.sample),
    source.reflect(row, 'response', row.sample),
  ]);
  if (instruction?.kind !== 'candidate') return { response: response! };
  return { instruction, response: response!, both: await source.reflect(row, 'both', instruction.sample) };
}
