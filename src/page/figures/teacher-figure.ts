import type { TeacherSurvey } from '../../survey/survey.js';
import { formatCompact, formatCount } from '../../util/format.js';
import { countAxis, GRID, valuesAxis } from './axes.js';
import { colour, type Figure } from './figure.js';

/** What the teacher took, reply by reply. */
export function teacherFigure({ totals, course }: TeacherSurvey): Figure {
  const hasCost = totals.cost > 0;
  const start = { replies: 0, promptTokens: 0, completionTokens: 0, cost: 0 };
  const points = [start, ...course];
  const last = course.at(-1)!;
  const line = (name: 'promptTokens' | 'completionTokens' | 'cost', stroke: string, more: object = {}) => ({
    type: 'line',
    data: points.map((point) => [point.replies, point[name]]),
    symbol: 'none',
    silent: true,
    lineStyle: { color: stroke, width: 2 },
    ...more,
  });
  const cost = hasCost ? `, cost ${totals.cost.toFixed(4)}` : '';
  const unpriced =
    totals.unpriced > 0 ? ` The price of ${formatCount(totals.unpriced)} replies is not known.` : '';
  return {
    name: 'teacher',
    title: 'Teacher tokens and cost',
    caption:
      `Sums over ${formatCount(last.replies)} replies in the order in which they came: ${formatCompact(last.promptTokens)} prompt ` +
      `tokens, ${formatCompact(last.completionTokens)} reply tokens${cost}.${unpriced}`,
    legend: [
      ['before', 'prompt tokens'],
      ['tone', 'reply tokens'],
      ...(hasCost ? [['dropped', 'cost, right-hand scale'] as const] : []),
    ],
    marks: [],
    draw: () => ({
      height: 250,
      option: {
        grid: { ...GRID, right: hasCost ? 54 : 14 },
        xAxis: valuesAxis('replies', { max: last.replies, minInterval: 1 }),
        yAxis: [countAxis(), ...(hasCost ? [countAxis({ minInterval: 0, splitLine: { show: false } })] : [])],
        series: [
          line('promptTokens', colour('before')),
          line('completionTokens', colour('tone')),
          ...(hasCost ? [line('cost', colour('dropped'), { yAxisIndex: 1 })] : []),
        ],
      },
    }),
  };
}
