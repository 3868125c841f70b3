import type { Estimate } from '../estimate/estimate.js';
import type { Interval } from '../estimate/interval.js';
import { formatBytes, formatCompact, formatCount, formatDuration, formatShare } from '../util/format.js';
import { plainTable } from './plain-table.js';

/** An estimate for people: plain text, ending in a newline. */
export function renderEstimate(estimate: Estimate): string {
  const { rows, sampled, work, student, eager, measured, memory, teacher } = estimate;
  const line = (name: string, { likely, low, high }: Interval, format: (value: number) => string) => [
    name,
    format(likely),
    low === high ? '' : `${format(low)} to ${format(high)}`,
  ];
  const table = plainTable({
    head: [work === 'run' ? 'a run' : 'scoring', 'likely', '9 times out of 10'],
    align: ['left', 'right', 'left'],
    rows: [
      [
        'rows',
        formatCount(rows),
        sampled < rows ? `from ${formatCount(sampled)} at random` : 'all looked at',
      ],
      line('unusable rows', estimate.unusable, formatCount),
      line('student: passes', student.passes, formatCompact),
      line('  tokens', student.tokens, formatCompact),
      line('  time', student.seconds, formatDuration),
      ['  memory', formatBytes(memory), ''],
      ...(teacher === undefined
        ? []
        : [
            line('teacher: requests', teacher.requests, formatCount),
            line('  prompt tokens', teacher.promptTokens, formatCompact),
            line('  reply tokens', teacher.replyTokens, formatCompact),
            ...(teacher.cost === undefined ? [] : [line('  cost', teacher.cost, (cost) => cost.toFixed(2))]),
          ]),
    ],
  });
  const saved = eager === undefined ? 0 : 1 - student.tokens.likely / eager.tokens.likely;
  return `${[
    table,
    '',
    `measured: ${formatCompact(measured.tokensPerSecond)} tokens/s on ${measured.device}, in ${formatDuration(measured.seconds)}`,
    ...(saved > 0
      ? [`scoring only what decisions ask for saves ${formatShare(saved)} of the student's tokens`]
      : []),
    ...(teacher === undefined
      ? []
      : ['the teacher is taken to write as much as there was; the time that it takes is not known']),
  ].join('\n')}\n`;
}
