import { BUILT_IN_TEMPLATE_NAMES, DEFINITION_NAMES, PRECISIONS, TARGET_CHOICES } from '../choices.js';
import { isDeviceName, isWorkerDevice } from '../device-name.js';
import type { Option } from '../option.js';
import { count, listThat, MOST_THREADS, oneOf, SWITCH, text, textThat } from '../value.js';

/** Who scores, where, and what exactly. */
export const STUDENT_OPTIONS = {
  student: {
    value: text('model.gguf'),
    group: 'Student',
    help: {
      run: 'the model that scores: a causal language model in GGUF format',
      score: 'the model that scores: a causal language model in GGUF format',
      estimate: 'the model that is to score: a causal language model in GGUF format',
      inspect: 'the model that is to score, to count in its tokens; only its tokenizer is loaded',
      report:
        'a model that scores some rows token by token; for scores that have log-probs the one that made them',
    },
    commands: ['run', 'score', 'inspect', 'report', 'estimate'],
    concerns: ['student'],
  },
  tokenRows: {
    value: count('rows', 0),
    group: 'Student',
    help: 'of the rows shown, how many are scored token by token',
    commands: ['report'],
    needs: ['student'],
    default: { value: 200 },
  },
  template: {
    value: text('name|file'),
    group: 'Student',
    help: `prompt template: chat (the student’s own, or chat:NAME), ${BUILT_IN_TEMPLATE_NAMES.join(', ')}, or a file`,
    commands: ['run', 'score', 'inspect', 'report', 'estimate'],
    needs: { report: ['student'] },
    concerns: ['student'],
    default: { value: 'alpaca' },
  },
  templateDate: {
    value: textThat('YYYY-MM-DD', isDay, 'a day as in 2026-01-31'),
    group: 'Student',
    help: 'the day that the student’s own template is told, if it writes one',
    commands: ['run', 'score', 'inspect', 'report', 'estimate'],
    concerns: ['student'],
    default: { text: 'none' },
  },
  targets: {
    value: oneOf(TARGET_CHOICES),
    group: 'Student',
    help: 'what of an answer is scored: all of it, or answer: without the reasoning it begins with',
    commands: ['run', 'score', 'inspect', 'estimate'],
    concerns: ['student'],
    default: { value: 'all' },
  },
  endOfTurn: {
    value: SWITCH,
    group: 'Student',
    help: 'score the token that ends a turn in the student’s own template, too',
    commands: ['run', 'score', 'inspect', 'estimate'],
    concerns: ['student'],
  },
  definition: {
    value: oneOf(DEFINITION_NAMES),
    group: 'Student',
    help: 'exact token spans, or reference: those of the research code',
    commands: ['run', 'score', 'estimate'],
    concerns: ['student'],
    default: { value: 'exact' },
  },
  maxLength: {
    value: count('tokens', 2, 2 ** 24),
    group: 'Student',
    help: 'longest sequence; the student’s own context is the upper bound',
    commands: ['run', 'score', 'inspect', 'report', 'estimate'],
    needs: { report: ['student'] },
    concerns: ['student'],
    default: { value: 2048 },
  },
  device: {
    value: textThat(
      'name',
      isDeviceName,
      'auto, cpu, cuda, vulkan, metal, or one GPU of several as in cuda:1',
    ),
    group: 'Student',
    help: 'where the student runs: auto, cpu, cuda, vulkan, metal, or one GPU of several as in cuda:1',
    commands: ['run', 'score', 'report', 'estimate'],
    needs: { report: ['student'] },
    concerns: ['student', 'gguf'],
    default: { value: 'auto' },
  },
  devices: {
    value: listThat(isWorkerDevice, 'devices, as in cuda:0,cuda:1 or cpu:0,cpu:1'),
    group: 'Student',
    help: 'a process of its own on each, as in cuda:0,cuda:1; cpu:0,cpu:1 are NUMA nodes',
    commands: ['run', 'score', 'estimate'],
    concerns: ['student'],
    conflicts: ['device'],
    default: { text: 'this process, on its device' },
  },
  gpuLayers: {
    value: count('layers', 0, 2 ** 20),
    group: 'Student',
    help: 'layers on the GPU',
    commands: ['run', 'score', 'estimate'],
    concerns: ['student'],
    default: { text: 'all' },
  },
  precision: {
    value: oneOf(PRECISIONS),
    group: 'Student',
    help: 'fast: the file’s own weights; precise: everything in F32',
    commands: ['run', 'score', 'report', 'estimate'],
    needs: { report: ['student'] },
    concerns: ['student'],
    default: { value: 'fast' },
  },
  threads: {
    value: count('n', 1, MOST_THREADS),
    group: {
      run: 'Student',
      score: 'Student',
      estimate: 'Student',
      report: 'Student',
      reflect: 'Teacher in this process (gguf:)',
      'teacher-check': 'Teacher in this process (gguf:)',
    },
    help: 'CPU threads',
    commands: ['run', 'reflect', 'teacher-check', 'score', 'report', 'estimate'],
    needs: { report: ['student'] },
    concerns: ['student', 'gguf'],
    default: { text: 'all' },
  },
  batchTokens: {
    value: count('tokens', 32, 2 ** 20),
    group: 'Student',
    help: 'tokens of one decode; changes rounding only',
    commands: ['run', 'score', 'estimate'],
    concerns: ['student'],
    default: { text: '512, on a GPU 2048' },
  },
  /**
   * Decode every sequence by itself, so that what is scored before, after or beside it does not show in a single bit of
   * its numbers, nor do `batchTokens` and, with a thread a context, `threads`. On one device, that is; costs most of what
   * batches and shared prefixes save.
   */
  deterministic: {
    value: SWITCH,
    group: 'Student',
    help: 'equal bits for a row whatever is scored beside it; slower',
    commands: ['run', 'score', 'estimate'],
    concerns: ['student'],
  },
  checkFile: {
    value: SWITCH,
    surface: 'library',
    group: 'Student',
    help: 'read the student’s file in a throw-away process first, so that damage is an error and no crash',
    commands: ['run', 'score', 'estimate'],
    concerns: ['student'],
    default: { value: true },
  },
} as const satisfies Record<string, Option>;

function isDay(day: unknown): day is string {
  if (typeof day !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(day)) return false;
  const date = new Date(day);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}
