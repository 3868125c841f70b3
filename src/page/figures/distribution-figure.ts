import { METRIC_TITLES, type Metric } from '../../domain/score.js';
import type { Moment } from '../../survey/shown-row.js';
import type { Distribution, MeasuredHistogram } from '../../survey/survey.js';
import { formatCount, formatShare } from '../../util/format.js';
import type { Mark, Range } from '../row-filter.js';
import { countAxis, type DrawingApi, GRID, guideLine, INNER_LABELS, rectangle, valuesAxis } from './axes.js';
import { colour, type Figure, type FigureColour } from './figure.js';

interface Bar {
  readonly moment: Moment;
  readonly range: Range;
  readonly count: number;
  /** Where it is drawn, in the metric's units. */
  readonly left: number;
  readonly right: number;
}

/** How the values of a metric are distributed: of a run as they were and as they are of what it selected. */
export function distributionFigure(metric: Metric, distribution: Distribution): Figure {
  const series = (['before', 'after'] as const).flatMap((moment) => {
    const values = distribution[moment];
    return values === undefined ? [] : [{ moment, values }];
  });
  const isRun = series.some(({ moment }) => moment === 'after');
  const title = METRIC_TITLES[metric];
  const bars = series.flatMap(({ moment, values }, i) => barsOf(moment, values, i, series.length));
  const colours: Readonly<Record<Moment, FigureColour>> = {
    before: isRun ? 'before' : 'tone',
    after: 'kept',
  };
  const names: Readonly<Record<Moment, string>> = {
    before: isRun ? 'as they came' : 'all rows',
    after: 'selected',
  };
  const most = Math.max(...bars.map(({ count }) => count));
  const [first, last] = [
    Math.min(...bars.map(({ left }) => left)),
    Math.max(...bars.map(({ right }) => right)),
  ];
  return {
    name: metric,
    title: `Distribution of ${title}`,
    caption: series.map(({ moment, values }) => `${capital(names[moment])}: ${tell(values)}.`).join(' '),
    legend: isRun ? series.map(({ moment }) => [colours[moment], names[moment]] as const) : [],
    marks: bars.map((bar): Mark => {
      const { moment, range, count } = bar;
      const whose = isRun ? `, ${names[moment]}` : '';
      return {
        label: `${title} ${spell(range)}${whose}: ${rows(count)}`,
        filter: { kind: 'score', moment, metric, range },
      };
    }),
    draw: () => ({
      height: 250,
      option: {
        grid: GRID,
        xAxis: valuesAxis(title, { min: first, max: last, splitNumber: 8, ...INNER_LABELS }),
        yAxis: countAxis(),
        series: [
          {
            type: 'custom',
            clip: true,
            encode: { x: [0, 1], y: 2 },
            data: bars.map(({ left, right, count }) => [left, right, count]),
            renderItem: ({ dataIndex }: { dataIndex: number }, api: DrawingApi) => {
              const { left, right, count, range, moment } = bars[dataIndex]!;
              const isTail = range.from === null || range.to === null;
              const style = { fill: colour(colours[moment]), ...(isTail && { opacity: 0.55 }) };
              return rectangle(api, [left, 0], [right, count], style);
            },
          },
          ...(first < 1 && last > 1 ? [guideLine([1, 0], [1, most])] : []),
        ],
      },
    }),
  };
}

/** Bars side by side within each bin; what lies beyond the edges is set off at both ends. */
function barsOf(moment: Moment, values: MeasuredHistogram, place: number, of: number): Bar[] {
  const { edges, counts, below, above } = values;
  const width = edges[1]! - edges[0]!;
  const bar = (start: number, range: Range, count: number): Bar => ({
    moment,
    range,
    count,
    left: start + (width * place) / of,
    right: start + (width * (place + 1)) / of,
  });
  const [first, last] = [edges[0]!, edges.at(-1)!];
  return [
    bar(first - 1.5 * width, { from: null, to: first }, below),
    ...counts.map((count, i) => bar(edges[i]!, { from: edges[i]!, to: edges[i + 1]! }, count)),
    bar(last + 0.5 * width, { from: last, to: null }, above),
  ].filter(({ count }) => count > 0);
}

function tell({ count, quantiles, shareAboveOne }: MeasuredHistogram): string {
  return `${rows(count)}, median ${quantiles.p50.toFixed(3)}, middle half ${quantiles.p25.toFixed(3)} to ${quantiles.p75.toFixed(3)}, ${formatShare(shareAboveOne)} above 1`;
}

/** A range in words: `0.8 to 0.85`. */
export function spell({ from, to }: Range): string {
  if (from === null) return `below ${to}`;
  return to === null ? `from ${from} on` : `${from} to ${to}`;
}

export function rows(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
