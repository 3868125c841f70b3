import { basename } from 'node:path';
import { inputName } from '../dataset/input.js';
import { openDataset } from '../dataset/open-dataset.js';
import type { Metric } from '../domain/score.js';
import { loadStudent, studentOptions } from '../engine/load-student.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions, CompleteOptions } from '../options/required-options.js';
import { layoutChoice } from '../pipeline/layout-choice.js';
import { chooseTemplate, templateFor } from '../prompt/choose-template.js';
import { loadPromptFiles } from '../reflection/load-prompt-files.js';
import { pick } from '../util/pick.js';
import { dividedBy, exactly, type Interval, scaled, sumOf, totalOf } from './interval.js';
import { type SampledRows, sampleRows } from './sample-rows.js';
import { countWork, inOrder, measureSpeed, type RowWork, type Speed } from './student-work.js';
import { type TeacherEstimate, teacherEstimate } from './teacher-work.js';

/** The options of `estimate`. */
export interface EstimateOptions extends CommandOptions<'estimate'> {
  readonly signal?: AbortSignal | undefined;
}

/** What a student has to do. */
export interface StudentEstimate {
  /** Sequences of which a span is scored. */
  readonly passes: Interval;
  /** Of one forward pass per span. */
  readonly tokens: Interval;
  /** Of scoring, on this device. */
  readonly seconds: Interval;
}

/** What work on a dataset takes, before it is done. */
export interface Estimate {
  /** As the user named it. */
  readonly dataset: string;
  readonly rows: number;
  /** Rows that the figures are estimated from. */
  readonly sampled: number;
  /** Rows of which nothing can be made. */
  readonly unusable: Interval;
  /** `score`, or with a teacher a `run`. */
  readonly work: 'score' | 'run';
  readonly student: StudentEstimate;
  /** Of a run: the same if all four variants of every row were scored. */
  readonly eager: StudentEstimate | undefined;
  readonly measured: {
    readonly device: string;
    readonly tokensPerSecond: number;
    readonly rows: number;
    readonly seconds: number;
  };
  /** The most memory that this process had while it scored, in bytes. */
  readonly memory: number;
  readonly teacher: TeacherEstimate | undefined;
}

/** Real scoring goes on for so long. */
const MEASURED_SECONDS = 6;

/**
 * Estimates what `score`, or with a teacher `run`, takes on a dataset, from a random sample of its rows: all of it is read
 * once, the sample is tokenized, and a part of it is scored for a few seconds.
 * @throws {ReflectionError} as `score` does before it scores.
 */
export async function estimate(given: EstimateOptions): Promise<Estimate> {
  const options = readOptions('estimate', given, ['signal']);
  const { dataset, format, limit, sample } = options;
  const { signal } = given;
  const choice = await chooseTemplate(options);
  using data = await openDataset(dataset, await layoutChoice(options), { format, limit, signal });
  const sampled = await sampleRows(data.rows, sample);
  await using student = await loadStudent({ ...studentOptions(options, signal), independentCalls: true });
  const name = basename(options.student);
  const template = templateFor(choice, { ...student.model, name });
  const ways = { ...pick(options, ['definition', 'targets', 'endOfTurn']), template, signal };
  const metrics = options.teacher === undefined ? inOrder(options.metrics) : inOrder(['ifd', 'rifd']);
  const speed = await measureSpeed(student, sampled.rows, metrics, { ...ways, seconds: MEASURED_SECONDS });
  const work = new Map<Metric, RowWork>();
  for (const metric of metrics) work.set(metric, await countWork(student, sampled.rows, metric, ways));
  const isRun = options.teacher !== undefined;
  const bad = sampled.rows.map((row) => (row.kind === 'bad' ? 1 : 0));
  return {
    dataset: inputName(dataset),
    rows: sampled.total,
    sampled: sampled.rows.length,
    unusable: totalOf(bad, sampled.total),
    work: isRun ? 'run' : 'score',
    student: studentEstimate(work, sampled, speed, isRun ? (options.eager ? EAGER : LAZY) : ONCE),
    eager: isRun ? studentEstimate(work, sampled, speed, EAGER) : undefined,
    measured: {
      device: student.device.description || student.device.name,
      tokensPerSecond: speed.rate,
      rows: speed.rows,
      seconds: speed.seconds,
    },
    memory: process.resourceUsage().maxRSS * 1024,
    teacher: isRun ? await askingEstimate(sampled, options) : undefined,
  };
}

/** How often each metric of a sample is scored. */
type Times = Readonly<Record<Metric, Interval>>;

const ONCE: Times = { ifd: exactly(1), rifd: exactly(1) };
/** All four variants. */
const EAGER: Times = { ifd: exactly(4), rifd: exactly(4) };
/**
 * What a decision asks for: IFD of the original and of the new instruction, r-IFD of the chosen one and of its new answer,
 * and IFD of that answer where it has won and passes, which some do.
 */
const LAZY: Times = { ifd: { likely: 2.5, low: 2, high: 3 }, rifd: exactly(2) };

/** Variants are taken to be as long as the originals. */
function studentEstimate(
  work: ReadonlyMap<Metric, RowWork>,
  { rows, total }: SampledRows,
  { rate, pieces }: Speed,
  times: Times,
): StudentEstimate {
  const parts = [...work].map(([metric, { tokens, passes }]) => {
    const { likely, low, high } = times[metric];
    const all = totalOf(tokens, total);
    const count = (passes / Math.max(1, rows.length)) * total;
    return {
      tokens: { likely: all.likely * likely, low: all.low * low, high: all.high * high },
      passes: scaled(times[metric], count),
    };
  });
  const tokens = sumOf(parts.map((part) => part.tokens));
  return {
    passes: sumOf(parts.map((part) => part.passes)),
    tokens,
    seconds: dividedBy(tokens, rate, pieces),
  };
}

async function askingEstimate(
  { rows, total }: SampledRows,
  { promptPrice, replyPrice, turns, eager }: CompleteOptions<'estimate'>,
): Promise<TeacherEstimate> {
  const prices =
    promptPrice === undefined || replyPrice === undefined
      ? undefined
      : { prompt: promptPrice, reply: replyPrice };
  return teacherEstimate(rows, total, { prompts: await loadPromptFiles({}), turns, isEager: eager, prices });
}
