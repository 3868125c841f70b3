import type { Lengths } from '../../survey/survey.js';
import { formatCount, formatShare } from '../../util/format.js';
import type { Mark } from '../row-filter.js';
import { countAxis, type DrawingApi, GRID, rectangle, valuesAxis } from './axes.js';
import { rows } from './distribution-figure.js';
import { colour, type Figure } from './figure.js';

/** How long the answers of kept and of dropped rows are: a selection by IFD easily becomes one by length. */
export function lengthsFigure(lengths: Lengths): Figure {
  const { unit, edges, medianKept, medianDropped } = lengths;
  const sides = (['kept', 'dropped'] as const).map((side) => {
    const total = lengths[side].reduce((sum, count) => sum + count, 0);
    return { side, total, counts: lengths[side] };
  });
  const bars = sides.flatMap(({ side, total, counts }, place) =>
    counts.flatMap((count, bin) => (count === 0 ? [] : [{ side, bin, count, place, share: count / total }])),
  );
  const first = Math.min(...bars.map(({ bin }) => bin));
  const last = Math.max(...bars.map(({ bin }) => bin)) + 1;
  const median = (value: number | null) => (value === null ? 'no rows' : `${formatCount(value)} ${unit}`);
  return {
    name: 'length',
    title: 'Length of kept and dropped rows',
    caption:
      `Answers in ${unit}, as they came; the bars of each colour add up to all rows of it. Median of kept rows: ` +
      `${median(medianKept)}; of dropped ones: ${median(medianDropped)}.`,
    legend: sides.map(({ side }) => [side, side] as const),
    marks: bars.map(({ side, bin, count, share }): Mark => {
      const range = { from: edges[bin]!, to: edges[bin + 1]! };
      return {
        label: `${side}, ${Math.ceil(range.from)} to ${Math.ceil(range.to) - 1} ${unit}: ${rows(count)}, ${formatShare(share)} of the ${side}`,
        filter: { kind: 'length', range, isKept: side === 'kept' },
      };
    }),
    draw: () => ({
      height: 250,
      option: {
        grid: GRID,
        xAxis: valuesAxis(`answer, ${unit}`, {
          min: first,
          max: last,
          interval: 3,
          axisLabel: {
            formatter: (bin: number) => formatCount(edges[bin] ?? 0),
            hideOverlap: true,
            color: colour('muted'),
          },
        }),
        yAxis: countAxis({ minInterval: 0 }, (share) => `${share}%`),
        series: [
          {
            type: 'custom',
            clip: true,
            encode: { x: 0, y: 1 },
            data: bars.map(({ bin, share }) => [bin, 100 * share]),
            renderItem: ({ dataIndex }: { dataIndex: number }, api: DrawingApi) => {
              const { side, bin, share, place } = bars[dataIndex]!;
              const left = bin + place / 2;
              return rectangle(api, [left, 0], [left + 0.5, 100 * share], { fill: colour(side) });
            },
          },
        ],
      },
    }),
  };
}
