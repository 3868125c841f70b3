import { datasetBytes } from '../dataset/dataset-bytes.js';
import { readRows } from '../dataset/read-rows.js';
import type { Row, SampleRow } from '../dataset/row.js';
import { LineWriter } from '../output/line-writer.js';
import { mapInOrder } from '../util/map-in-order.js';
import { renameDurably } from '../util/replace-file.js';
import { forEachConcurrently, settleAll } from '../util/settle-all.js';
import type { WorkLimit } from '../util/work-limit.js';
import { interruptsOf } from './interrupts.js';
import { openTeacher } from './models/open-teacher.js';
import { modelPlaces, requireMemory } from './models/require-memory.js';
import { rowFields } from './outputs/row-fields.js';
import type { ReflectOptions } from './recycle-options.js';
import { CANDIDATES_FIELD } from './reflections/carried-reflections.js';
import type { ReflectionSource } from './reflections/reflection.js';
import { TeacherReflections } from './reflections/teacher-reflections.js';
import { BatchReplies, unlessNotYetAnswered } from './replies/batch-replies.js';
import { repliesOf } from './replies/replies-of.js';
import type { VariantReflections } from './rows/decided-row.js';
import { inRunDirectory } from './run/in-run-directory.js';
import type { TeacherTotals } from './run/run-state.js';
import { reflectInputs } from './run-inputs.js';

export interface ReflectResult {
  /** Every row with its candidates, as mode `score-only` takes them. */
  readonly file: string;
  readonly teacher: TeacherTotals;
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
  const { dataset, signal, onProgress } = options;
  const { prompts, sampling, concurrency, grace, ...inputs } = await reflectInputs(options);
  const totalBytes = await datasetBytes(dataset);
  return inRunDirectory(options, async (paths, state) => {
    using interrupts = interruptsOf(signal, grace);
    await requireMemory(modelPlaces(inputs.teacher, undefined));
    await using teacher = await openTeacher(inputs.teacher, paths, state);
    options.onStart?.({ teacher: { id: teacher.id, server: teacher.server }, totalBytes });
    const replies = repliesOf(teacher, options, state, interrupts);
    const source = new TeacherReflections({ teacherId: teacher.id, replies, prompts, sampling });
    const limit: WorkLimit<Row> = {
      items: concurrency * ROWS_PER_REQUEST,
      weight: { of: ({ text }) => text.length, most: MOST_CHARACTERS },
    };
    if (replies instanceof BatchReplies) {
      await replies.inWaves(() => askForAll(readRows(dataset, options), source, replies, limit));
    }
    const toLine = async (row: Row) => ({ endByte: row.endByte, line: await reflectedLine(row, source) });
    const lines = mapInOrder(readRows(dataset, options), toLine, limit);
    let rows = 0;
    let reused = 0;
    await writeLines(paths.reflected, lines, (bytes) => {
      rows++;
      if (replies.asked === 0) reused = rows;
      onProgress?.({ rows, bytes, asked: replies.asked, scored: 0, reused });
    });
    return { file: paths.reflected, teacher: state.teacherTotals };
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

async function writeLines(
  path: string,
  lines: AsyncIterable<{ readonly line: string; readonly endByte: number }>,
  onLine: (endByte: number) => void,
): Promise<void> {
  const temporary = `${path}.tmp`;
  const writer = await LineWriter.create(temporary, path);
  let isWhole = false;
  try {
    for await (const { line, endByte } of lines) {
      await writer.append(line);
      onLine(endByte);
    }
    isWhole = true;
  } finally {
    await writer.close({ durably: isWhole });
  }
  await renameDurably(temporary, path);
}

/** A row with its candidates; a bad row has none. */
async function reflectedLine(row: Row, source: ReflectionSource): Promise<string> {
  const fields = rowFields(row, undefined, [CANDIDATES_FIELD]);
  const reflections = row.kind === 'bad' ? {} : await allReflections(row, source);
  const candidates = Object.entries(reflections).flatMap(([variant, reflection]) =>
    reflection.kind === 'candidate' ? [[variant, reflection.sample]] : [],
  );
  return `${fields}"${CANDIDATES_FIELD}":${JSON.stringify(Object.fromEntries(candidates))}}`;
}

async function allReflections(row: SampleRow, source: ReflectionSource): Promise<VariantReflections> {
  const [instruction, response] = await settleAll([
    source.reflect(row, 'instruction', row.sample),
    source.reflect(row, 'response', row.sample),
  ]);
  if (instruction?.kind !== 'candidate') return { response: response! };
  return { instruction, response: response!, both: await source.reflect(row, 'both', instruction.sample) };
}
