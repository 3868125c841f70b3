import type { PairGrid } from '../../survey/survey.js';
import type { Mark, Range } from '../row-filter.js';
import { type DrawingApi, GRID, guideLine, INNER_LABELS, rectangle, valuesAxis } from './axes.js';
import { rows, spell } from './distribution-figure.js';
import { colour, type Figure } from './figure.js';

interface Cell {
  readonly ifd: Range;
  readonly rifd: Range;
  readonly count: number;
  readonly corners: readonly [readonly [number, number], readonly [number, number]];
}

/** IFD against r-IFD: how many rows are where. */
export function pairsFigure({ ifdEdges, rifdEdges, counts, count, spearman }: PairGrid): Figure {
  const cells = counts.flatMap((column, x) =>
    column.flatMap((cell, y): Cell[] => {
      if (cell === 0) return [];
      return [
        {
          ifd: rangeOf(ifdEdges, x),
          rifd: rangeOf(rifdEdges, y),
          count: cell,
          corners: [
            [ifdEdges[x]!, rifdEdges[y]!],
            [ifdEdges[x + 1]!, rifdEdges[y + 1]!],
          ],
        },
      ];
    }),
  );
  const most = Math.max(...cells.map((cell) => cell.count));
  const [left, right] = [ifdEdges[0]!, ifdEdges.at(-1)!];
  const [low, high] = [rifdEdges[0]!, rifdEdges.at(-1)!];
  const correlation = spearman === null ? '' : ` Rank correlation (Spearman) ${spearman.toFixed(2)}.`;
  return {
    name: 'ifd-rifd',
    title: 'IFD against r-IFD',
    caption:
      `${rows(count)} with both, as they came; darker is more, up to ${rows(most)} in a cell. Cells at the rim also hold ` +
      `what lies beyond.${correlation}`,
    legend: [],
    marks: cells.map(
      ({ ifd, rifd, count }): Mark => ({
        label: `IFD ${spell(ifd)}, r-IFD ${spell(rifd)}: ${rows(count)}`,
        filter: { kind: 'pair', ifd, rifd },
      }),
    ),
    draw: (size) => ({
      height: size === 'wide' ? 330 : 300,
      option: {
        grid: GRID,
        xAxis: valuesAxis('IFD', { min: left, max: right, ...INNER_LABELS }),
        yAxis: valuesAxis('r-IFD', { min: low, max: high, nameGap: 34, ...INNER_LABELS }),
        series: [
          {
            type: 'custom',
            clip: true,
            encode: { x: 0, y: 1 },
            data: cells.map(({ corners }) => corners[0]),
            renderItem: ({ dataIndex }: { dataIndex: number }, api: DrawingApi) => {
              const { corners, count } = cells[dataIndex]!;
              const opacity = 0.12 + 0.88 * (Math.log1p(count) / Math.log1p(most));
              return rectangle(
                api,
                ...corners,
                { fill: colour('tone'), opacity: Number(opacity.toFixed(2)) },
                0,
              );
            },
          },
          ...(left < 1 && right > 1 ? [guideLine([1, low], [1, high])] : []),
          ...(low < 1 && high > 1 ? [guideLine([left, 1], [right, 1])] : []),
        ],
      },
    }),
  };
}

/** The outermost bins are open. */
function rangeOf(edges: readonly number[], bin: number): Range {
  return { from: bin === 0 ? null : edges[bin]!, to: bin === edges.length - 2 ? null : edges[bin + 1]! };
}
