import type { ReasonCount, ReasonKind } from '../../survey/survey.js';
import { formatCount } from '../../util/format.js';
import type { Mark } from '../row-filter.js';
import { countAxis, type DrawingApi, FONT, lineBar, TEXT_STYLE } from './axes.js';
import { rows } from './distribution-figure.js';
import { colour, type Figure } from './figure.js';

const KINDS: Readonly<Record<ReasonKind, string>> = {
  row: 'holds no sample',
  score: 'no score',
  reflection: 'reflection failed',
};

/** Why there is no score, or no candidate. */
export function reasonsFigure(reasons: readonly ReasonCount[]): Figure {
  const most = Math.max(...reasons.map(({ rows: count }) => count));
  return {
    name: 'reasons',
    title: 'Unscorable and failed rows by reason',
    caption: 'A row may have several: each of its scores and reflections can fail for a reason of its own.',
    legend: [],
    marks: reasons.map(
      ({ kind, reason, rows: count }): Mark => ({
        label: `${KINDS[kind]}, ${reason}: ${rows(count)}`,
        filter: { kind: 'reason', reason: `${kind} ${reason}` },
      }),
    ),
    draw: (size) => ({
      height: 40 + 30 * reasons.length,
      option: {
        grid: { left: size === 'wide' ? 190 : 132, right: 60, top: 4, bottom: 24 },
        xAxis: countAxis({ max: most }),
        yAxis: {
          type: 'category',
          inverse: true,
          data: reasons.map(({ reason }) => reason),
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: {
            ...TEXT_STYLE,
            color: colour('ink'),
            width: size === 'wide' ? 176 : 122,
            overflow: 'truncate',
          },
        },
        series: [
          {
            type: 'custom',
            encode: { x: 0, y: 1 },
            data: reasons.map(({ rows: count }, i) => [count, i]),
            renderItem: ({ dataIndex: i }: { dataIndex: number }, api: DrawingApi) => {
              const style = { fill: colour('dropped') };
              return lineBar(api, i, [0, reasons[i]!.rows], 16, style);
            },
          },
          countLabels(reasons.map(({ rows: count }) => count)),
        ],
      },
    }),
  };
}

/** Numbers behind horizontal bars. */
function countLabels(counts: readonly number[]): object {
  return {
    type: 'custom',
    silent: true,
    encode: { x: 0, y: 1 },
    data: counts.map((count, i) => [count, i]),
    renderItem: ({ dataIndex: i }: { dataIndex: number }, api: DrawingApi) => {
      const [x, y] = api.coord([counts[i]!, i]);
      const style = {
        text: formatCount(counts[i]!),
        x: x + 6,
        y,
        verticalAlign: 'middle',
        fill: colour('muted'),
      };
      return {
        type: 'text',
        silent: true,
        style: { ...style, font: `12px ${FONT}` },
      };
    },
  };
}
