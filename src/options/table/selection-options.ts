import { FILTER_FAIL_POLICIES, KEEP_POLICIES } from '../choices.js';
import type { Option } from '../option.js';
import { bound, oneOf, positive, SWITCH } from '../value.js';

const COMMANDS = ['run', 'select'] as const;
/** What decides about rows with scores of their own. */
const THRESHOLD_COMMANDS = [...COMMANDS, 'report'] as const;

/** What is made of scores. Left out, they are those of the method. */
export const SELECTION_OPTIONS = {
  keep: {
    value: oneOf(KEEP_POLICIES, 'what'),
    group: 'Selection',
    help: 'whose winners are kept: response-reflected as published, or all',
    commands: COMMANDS,
    concerns: ['student'],
    default: { value: 'response-reflected' },
  },
  onFilterFail: {
    value: oneOf(FILTER_FAIL_POLICIES, 'what'),
    group: 'Selection',
    help: 'when a winner fails a threshold: drop the row, or try the next-best',
    commands: COMMANDS,
    concerns: ['student'],
    default: { value: 'drop' },
  },
  maxIfd: {
    value: bound('value'),
    group: 'Selection',
    help: 'keep only IFD below this',
    commands: THRESHOLD_COMMANDS,
    concerns: ['student'],
    default: { value: 1 },
  },
  maxRifd: {
    value: bound('value'),
    group: 'Selection',
    help: 'keep only r-IFD below this',
    commands: THRESHOLD_COMMANDS,
    concerns: ['student'],
    default: { value: 1 },
  },
  top: {
    value: positive('percent', 100),
    group: 'Selection',
    help: 'of the rows that pass keep this share, rounded down, the highest IFD first',
    commands: ['select', 'report'],
    default: { text: 'all' },
  },
  eager: {
    value: SWITCH,
    group: 'Selection',
    help: 'make and score all four variants of every row, needed or not; selects the same',
    commands: ['run', 'estimate'],
    needs: { estimate: ['teacher'] },
    concerns: ['student'],
  },
} as const satisfies Record<string, Option>;
