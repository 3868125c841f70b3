import { FORMAT_NAMES } from '../../domain/format-name.js';
import { METRICS } from '../../domain/score.js';
import { RECYCLE_MODES } from '../choices.js';
import type { Option } from '../option.js';
import { count, files, inputs, oneOf, SWITCH, seconds, someOf, text } from '../value.js';

/** What is read and written, and how a command goes on where another attempt ended. */
export const GENERAL_OPTIONS = {
  dataset: {
    value: inputs('file'),
    surface: 'argument',
    group: 'Options',
    help: 'files, folders or patterns that are one dataset: JSON Lines, JSON, CSV, TSV, Parquet, Arrow; may be .gz or .zst; - is standard input',
    commands: ['run', 'reflect', 'score', 'inspect', 'estimate'],
  },
  format: {
    value: oneOf(FORMAT_NAMES),
    group: 'Options',
    help: 'what the dataset is, where neither its content nor its name tells',
    commands: ['run', 'reflect', 'score', 'inspect', 'estimate'],
    default: { text: 'found out' },
  },
  output: {
    value: text('path'),
    short: 'o',
    group: 'Options',
    help: {
      run: 'the run directory: state, outputs, audit',
      reflect:
        'the run directory; the rows with their candidates go to reflected.jsonl, or .parquet, .arrow as they came',
      score:
        'the file that the scores go to: .jsonl, .json, .csv, .tsv, .parquet, .arrow; .gz and .zst are packed; a folder holds parts; - is standard output',
      select:
        'the file that selected rows go to as they are: .jsonl, .json, .csv, .tsv, .parquet, .arrow; .gz and .zst are packed; a folder holds parts; - is standard output',
      report: 'the page, a file of HTML',
    },
    commands: ['run', 'reflect', 'score', 'select', 'report'],
    default: {
      report: { text: 'report.html, unless --json or --figures asks for something else' },
      score: { text: 'the dataset’s name with .scored before its ending, here' },
    },
  },
  config: {
    value: text('file'),
    surface: 'flag',
    group: 'Options',
    help: 'a file with more options',
    commands: ['run', 'reflect', 'teacher-check', 'score', 'select', 'estimate'],
    default: { text: 'reflection-tuning.config.{ts,js,json,...}' },
  },
  mode: {
    value: oneOf(RECYCLE_MODES),
    group: 'Options',
    help: 'v2: the student selects; v1: all is reflected and kept; score-only: no teacher, rows bring their candidates',
    commands: ['run'],
    default: { value: 'v2' },
  },
  limit: {
    value: count('rows'),
    group: 'Options',
    help: 'stop after this many rows',
    commands: ['run', 'reflect', 'score', 'inspect', 'estimate'],
  },
  show: {
    value: count('rows', 0),
    group: 'Options',
    help: 'show this many rows as the student will see them',
    commands: ['inspect'],
    default: { value: 3 },
  },
  strict: {
    value: SWITCH,
    group: 'Options',
    help: 'stop at the first malformed row instead of marking it unscorable',
    commands: ['score'],
  },
  json: {
    value: SWITCH,
    surface: 'flag',
    group: 'Options',
    help: 'print all figures as JSON',
    commands: ['compare', 'inspect', 'report', 'estimate'],
  },
  sample: {
    value: count('rows'),
    group: 'Options',
    help: 'how many rows, at random, it is estimated from',
    commands: ['estimate'],
    default: { value: 1000 },
  },
  dryRun: {
    value: SWITCH,
    surface: 'flag',
    group: 'Options',
    help: 'only estimate what it would take, as `estimate` does',
    commands: ['run', 'score'],
  },
  figures: {
    value: text('directory'),
    group: 'Options',
    help: 'also write every figure there, as SVG and PNG',
    commands: ['report'],
  },
  by: {
    value: text('field'),
    group: 'Options',
    help: 'tell rows apart by this field of theirs, such as their source',
    commands: ['report'],
  },
  metrics: {
    value: someOf(METRICS),
    group: 'Output',
    help: 'what to compute',
    commands: ['score', 'estimate'],
    default: { value: METRICS, text: 'both' },
  },
  perToken: {
    value: SWITCH,
    group: 'Output',
    help: 'also write the log-prob of every scored token',
    commands: ['score'],
  },
  resume: {
    value: SWITCH,
    group: 'Going on',
    help: 'go on with an output that is there, finished or not',
    commands: ['score'],
    conflicts: ['force'],
  },
  force: {
    value: SWITCH,
    group: 'Going on',
    help: {
      score: 'replace an output that is there, finished or not',
      select: 'replace an output that is there',
      report: 'replace a page that is there',
    },
    commands: ['score', 'select', 'report'],
  },
  retryFailed: {
    value: SWITCH,
    group: 'Going on',
    help: 'ask again for what the teacher failed at in earlier attempts',
    commands: ['run', 'reflect'],
    concerns: ['openai', 'batch', 'gguf', 'replay'],
  },
  acceptChanges: {
    value: SWITCH,
    group: 'Going on',
    help: {
      run: 'go on although changed options make earlier replies or scores useless',
      reflect: 'go on although changed options make earlier replies useless',
      score: 'resume although another processor or version has begun, which rounds otherwise',
    },
    commands: ['run', 'reflect', 'score'],
    needs: { score: ['resume'] },
  },
  grace: {
    value: seconds(),
    surface: 'library',
    group: 'Going on',
    help: 'what requests under way are given to finish once the signal fires',
    commands: ['run', 'reflect'],
    concerns: ['openai', 'batch', 'gguf', 'replay'],
    default: { value: 20 },
  },
  referenceFiles: {
    value: files('ori-Q-A-QA'),
    group: 'Scored files',
    help: 'four scored files of the research code, to select as it does: originals, new instructions, new answers, both',
    commands: ['select'],
    conflicts: ['importScores', 'keep', 'onFilterFail', 'maxIfd', 'maxRifd', 'top'],
  },
  importScores: {
    value: files('file'),
    group: 'Scored files',
    help: 'four such files, or one with ifd_ppl (and rifd_ppl), to select from by thresholds',
    commands: ['select'],
  },
  datasets: {
    value: files('file'),
    group: 'Scored files',
    help: 'what the scores are of, where these are *_analysis.jsonl; in the same order',
    commands: ['select'],
  },
  joinBy: {
    value: text('field'),
    group: { select: 'Scored files', compare: 'Options' },
    help: {
      select: 'the field that tells which rows of four files belong together',
      compare: 'the field that tells which rows belong together',
    },
    commands: ['select', 'compare'],
    default: { select: { text: 'their position' }, compare: { value: 'row_key' } },
  },
  bugCompatible: {
    value: SWITCH,
    group: 'Selection',
    help: 'select what the research code would, failed passes included',
    commands: ['select'],
    needs: ['referenceFiles'],
  },
} as const satisfies Record<string, Option>;
