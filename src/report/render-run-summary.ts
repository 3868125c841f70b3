import type { ReflectionCounts, RunSummary } from '../recycle/outputs/run-summary.js';
import type { TeacherTotals } from '../recycle/run/run-state.js';
import { formatCount, formatShare } from '../util/format.js';
import { plainTable } from './plain-table.js';

const OUTCOME_TEXT = {
  both: 'new instruction, its answer reflected again',
  response: 'old instruction, reflected answer',
  instruction: 'new instruction with its answer',
  original: 'as it was',
} as const;

/** A finished run for people: plain text, ending in a newline. */
export function renderRunSummary(summary: RunSummary): string {
  const { reflections, teacher } = summary;
  const tables = [
    rowsTable(summary),
    plainTable({
      head: ['reflections', 'preferred', 'refused', 'uncompared', 'unchanged', 'failed'],
      align: ['left', 'right', 'right', 'right', 'right', 'right'],
      rows: (['instruction', 'response', 'both'] as const).map((variant) =>
        reflectionRow(variant, reflections[variant]),
      ),
    }),
  ];
  if (teacher.answered + teacher.failed > 0) tables.push(renderTeacherTotals(teacher));
  return `${tables.join('\n\n')}\n`;
}

/** What the teacher was asked, what it took, and why it failed where it did. */
export function renderTeacherTotals(totals: TeacherTotals): string {
  const { answered, failed, promptTokens, completionTokens, cost, retries, failures } = totals;
  const table = plainTable({
    align: ['left', 'right'],
    rows: [
      ['teacher: replies', formatCount(answered)],
      ['  requests without a usable reply', formatCount(failed)],
      ...failures.map(({ reason, count }) => [`    ${reason}`, formatCount(count)]),
      ['  retries', formatCount(retries)],
      ['  prompt tokens', formatCount(promptTokens)],
      ['  reply tokens', formatCount(completionTokens)],
      ...(cost > 0 ? [['  cost', cost.toFixed(4)]] : []),
    ],
  });
  return [table, ...failures.map(({ reason, detail }) => `${reason}: ${detail}`)].join('\n');
}

function rowsTable({ rows, turns, selected, rejected, outcomes, rejections }: RunSummary): string {
  const line = (label: string, count: number, remark = '', all = turns ?? rows) => [
    label,
    formatCount(count),
    all > 0 ? formatShare(count / all) : '',
    remark,
  ];
  const ofAnswers = turns === undefined ? '' : `of these, counts of ${formatCount(turns)} answers`;
  const byCount = Object.entries(rejections).sort(([, a], [, b]) => b - a);
  return plainTable({
    head: ['rows', formatCount(rows), '', ''],
    align: ['left', 'right', 'right', 'left'],
    rows: [
      line('selected', selected, ofAnswers, rows),
      ...(['both', 'response', 'instruction', 'original'] as const)
        .filter((outcome) => outcomes[outcome] > 0)
        .map((outcome) => line(`  ${outcome}`, outcomes[outcome], OUTCOME_TEXT[outcome])),
      line('rejected', rejected, ofAnswers, rows),
      ...byCount.map(([reason, count]) => line(`  ${reason}`, count)),
    ],
  });
}

function reflectionRow(variant: string, counts: ReflectionCounts): string[] {
  const { preferred, refused, uncompared, unchanged } = counts;
  const failed = Object.values(counts.failed).reduce((sum, count) => sum + count, 0);
  return [variant, ...[preferred, refused, uncompared, unchanged, failed].map(formatCount)];
}
