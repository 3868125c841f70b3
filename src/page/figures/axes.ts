import { formatCompact } from '../../util/format.js';
import { colour } from './figure.js';

export const FONT = "system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif";

export const TEXT_STYLE = { fontFamily: FONT, fontSize: 12, color: colour('muted') } as const;

const AXIS = {
  axisLine: { show: true, lineStyle: { color: colour('line') } },
  axisTick: { show: false },
  splitLine: { show: false },
  axisLabel: { ...TEXT_STYLE, hideOverlap: true },
  nameTextStyle: TEXT_STYLE,
} as const;

/** For an axis that begins and ends anywhere: its own ends are not told. */
export const INNER_LABELS = {
  axisLabel: { ...AXIS.axisLabel, showMinLabel: false, showMaxLabel: false },
} as const;

/** An axis of values along the bottom. */
export function valuesAxis(name: string, more: object = {}): object {
  return { ...AXIS, type: 'value', name, nameLocation: 'middle', nameGap: 28, ...more };
}

/** An axis of counts, with the lines that they are read off. */
export function countAxis(more: object = {}, formatter: (value: number) => string = formatCompact): object {
  return {
    ...AXIS,
    type: 'value',
    axisLine: { show: false },
    splitLine: { show: true, lineStyle: { color: colour('line') } },
    splitNumber: 4,
    minInterval: 1,
    ...more,
    axisLabel: { ...AXIS.axisLabel, formatter },
  };
}

export const GRID = { left: 50, right: 14, top: 12, bottom: 42 } as const;

/** What a chart needs of the library to turn its own units into pixels. */
export interface DrawingApi {
  value(dimension: number): number;
  coord(point: readonly [number, number]): readonly [number, number];
}

/** A rectangle between two corners given in the chart's units, with a gap to its neighbours. */
export function rectangle(
  api: DrawingApi,
  [x0, y0]: readonly [number, number],
  [x1, y1]: readonly [number, number],
  style: object,
  gap = 1,
): object {
  const [left, bottom] = api.coord([x0, y0]);
  const [right, top] = api.coord([x1, y1]);
  const width = Math.max(1, right - left - gap);
  return {
    type: 'rect',
    shape: { x: left, y: Math.min(top, bottom), width, height: Math.abs(bottom - top) },
    style,
    emphasisDisabled: true,
  };
}

/**
 * A horizontal bar of some pixels' height on the line of a category.
 * @param from, to - In the units of the axis along the bottom.
 */
export function lineBar(
  api: DrawingApi,
  category: number,
  [from, to]: readonly [number, number],
  height: number,
  style: object,
): object {
  const [left, y] = api.coord([from, category]);
  const [right] = api.coord([to, category]);
  const shape = { x: left, y: y - height / 2, width: Math.max(1, right - left), height };
  return { type: 'rect', shape, style, emphasisDisabled: true };
}

/** A dashed line from one point to another, e.g. where a threshold is. */
export function guideLine(from: readonly [number, number], to: readonly [number, number]): object {
  return {
    type: 'line',
    data: [from, to],
    symbol: 'none',
    silent: true,
    lineStyle: { color: colour('muted'), width: 1, type: [4, 4] },
    tooltip: { show: false },
  };
}
