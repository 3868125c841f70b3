import { METRIC_TITLES, type Metric } from '../../domain/score.js';
import type { GroupSurvey, Groups, Quantiles } from '../../survey/survey.js';
import { formatShare } from '../../util/format.js';
import type { Mark } from '../row-filter.js';
import { visibleText } from '../visible-text.js';
import { type DrawingApi, guideLine, INNER_LABELS, TEXT_STYLE, valuesAxis } from './axes.js';
import { rows } from './distribution-figure.js';
import { colour, type Figure } from './figure.js';

/** A metric by the value of a field: the middle half as a box with its median, 5 % to 95 % as a line. */
export function groupsFigure(metric: Metric, { field, groups, others }: Groups): Figure {
  const measured = groups.flatMap((group) => {
    const quantiles = group[metric];
    return quantiles === null ? [] : [{ group, quantiles }];
  });
  const low = Math.min(...measured.map(({ quantiles }) => quantiles.p5));
  const high = Math.max(...measured.map(({ quantiles }) => quantiles.p95));
  const [first, last] = [Math.floor(low * 10) / 10, Math.ceil(high * 10) / 10];
  const rest = others.rows === 0 ? '' : ` ${rows(others.rows)} with other values are not shown.`;
  return {
    name: `${metric}-by-field`,
    title: `${METRIC_TITLES[metric]} by ${visibleText(field)}`,
    caption: `Box: the middle half, with the median; line: from 5% to 95%. Behind the name: rows, and how many of them are kept.${rest}`,
    legend: [],
    marks: measured.map(({ group, quantiles }): Mark => {
      const median = `median ${METRIC_TITLES[metric]} ${quantiles.p50.toFixed(3)}`;
      return {
        label: `${nameOf(group)}: ${factsOf(group)}, ${median}`,
        filter: { kind: 'group', value: group.value },
      };
    }),
    draw: (size) => ({
      height: 60 + 40 * measured.length,
      option: {
        grid: { left: size === 'wide' ? 200 : 132, right: 14, top: 4, bottom: 42 },
        xAxis: valuesAxis(METRIC_TITLES[metric], { min: first, max: last, ...INNER_LABELS }),
        yAxis: {
          type: 'category',
          inverse: true,
          data: measured.map(({ group }) => `${nameOf(group)}\n${factsOf(group)}`),
          axisLine: { show: false },
          axisTick: { show: false },
          axisLabel: {
            ...TEXT_STYLE,
            lineHeight: 15,
            width: size === 'wide' ? 186 : 122,
            overflow: 'truncate',
          },
        },
        series: [
          {
            type: 'custom',
            encode: { x: [0, 1, 2, 3, 4], y: 5 },
            data: measured.map(({ quantiles: { p5, p25, p50, p75, p95 } }, i) => [p5, p25, p50, p75, p95, i]),
            renderItem: ({ dataIndex: i }: { dataIndex: number }, api: DrawingApi) => {
              const pathData = boxPath(api, i, measured[i]!.quantiles);
              return {
                type: 'path',
                shape: { pathData },
                style: { fill: colour('tone') },
                emphasisDisabled: true,
              };
            },
          },
          ...(first < 1 && last > 1 ? [guideLine([1, 0], [1, measured.length - 1])] : []),
        ],
      },
    }),
  };
}

/** Half of a box's height, of its line's, and of the gap at the median; in pixels. */
const HALF = { box: 8, line: 1, gap: 1 } as const;

/** Line and box with a gap at the median as one path, which is one part to be chosen. */
function boxPath(api: DrawingApi, category: number, { p5, p25, p50, p75, p95 }: Quantiles): string {
  const at = (value: number) => api.coord([value, category])[0];
  const y = api.coord([p50, category])[1];
  const bar = (from: number, to: number, half: number) =>
    `M${from.toFixed(1)} ${y - half}H${Math.max(from + 1, to).toFixed(1)}V${y + half}H${from.toFixed(1)}Z`;
  const median = at(p50);
  return [
    // a line of no length is none
    ...(p5 < p25 ? [bar(at(p5), at(p25), HALF.line)] : []),
    bar(at(p25), median - HALF.gap, HALF.box),
    bar(median + HALF.gap, at(p75), HALF.box),
    ...(p75 < p95 ? [bar(at(p75), at(p95), HALF.line)] : []),
  ].join('');
}

function nameOf({ value }: GroupSurvey): string {
  return visibleText(value);
}

function factsOf({ rows: count, kept }: GroupSurvey): string {
  return `${rows(count)}, ${formatShare(kept / count)} kept`;
}
