import type { Flow } from '../../survey/survey.js';
import { formatCount, formatShare } from '../../util/format.js';
import type { Mark } from '../row-filter.js';
import { TEXT_STYLE } from './axes.js';
import { rows } from './distribution-figure.js';
import { colour, type Figure, type FigureColour } from './figure.js';

const END_COLOURS = { kept: 'kept', dropped: 'dropped', step: 'before' } as const;

/** The selection as a flow: which way the rows went, and how many. */
export function flowFigure({ nodes, links }: Flow, total: number): Figure {
  const endOf = new Map(nodes.map(({ id, end }) => [id, end]));
  const labelOf = new Map(nodes.map(({ id, label }) => [id, label]));
  const colourOf = (id: string): FigureColour => END_COLOURS[endOf.get(id) ?? 'step'];
  return {
    name: 'flow',
    title: 'The selection, step by step',
    caption: nodes
      .filter(({ end }) => end !== 'step')
      .sort((a, b) => b.rows - a.rows)
      .map(({ label, rows: count }) => `${label}: ${formatCount(count)} (${formatShare(count / total)})`)
      .join(', '),
    legend: [
      ['kept', 'kept'],
      ['dropped', 'dropped'],
    ],
    // the library draws links before nodes
    marks: [
      ...links.map(
        ({ from, to, rows: count }): Mark => ({
          label: `from ${labelOf.get(from)} to ${labelOf.get(to)}: ${rows(count)}`,
          filter: { kind: 'link', from, to },
        }),
      ),
      ...nodes.map(
        ({ id, label, rows: count }): Mark => ({
          label: `${label}: ${rows(count)}`,
          filter: { kind: 'node', id },
        }),
      ),
    ],
    draw: (size) => ({
      height: Math.max(
        size === 'wide' ? 300 : 260,
        60 + 40 * nodes.filter(({ end }) => end !== 'step').length,
      ),
      option: {
        series: [
          {
            type: 'sankey',
            left: 4,
            right: size === 'wide' ? 190 : 108,
            top: 10,
            bottom: 10,
            nodeWidth: 12,
            nodeGap: size === 'wide' ? 22 : 30,
            layoutIterations: 64,
            emphasis: { disabled: true },
            label: {
              ...TEXT_STYLE,
              color: colour('ink'),
              fontSize: size === 'wide' ? 12 : 11,
              width: size === 'wide' ? 186 : 104,
              overflow: 'break',
              textBorderColor: colour('paper'),
              textBorderWidth: 3,
              formatter: ({ name }: { name: string }) => {
                const { label, rows: count } = nodes.find(({ id }) => id === name)!;
                return `${label}${size === 'wide' ? '  ' : '\n'}${formatCount(count)}`;
              },
            },
            data: nodes.map(({ id }) => ({
              name: id,
              itemStyle: { color: colour(colourOf(id)), borderWidth: 0 },
            })),
            links: links.map(({ from, to, rows: value }) => ({
              source: from,
              target: to,
              value,
              lineStyle: { color: colour(colourOf(to)), opacity: 0.28, curveness: 0.5 },
            })),
          },
        ],
      },
    }),
  };
}
