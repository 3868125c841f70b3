import type { EChartsCoreOption } from 'echarts/core';
import type { Mark } from '../row-filter.js';

/** Where a figure is drawn: in a column of a wide page, or over the whole width of a phone. */
export type FigureSize = 'wide' | 'narrow';

export interface FigureDrawing {
  /** In pixels. */
  readonly height: number;
  /** Colours are those of {@link FIGURE_COLOURS}, as CSS variables. */
  readonly option: EChartsCoreOption;
}

/** What a figure shows, to be drawn in any size. */
export interface Figure {
  /** A file's name without its ending. */
  readonly name: string;
  readonly title: string;
  /** What it says to those who do not see it, and what is to be known to read it. */
  readonly caption: string;
  /** What the colours stand for, where there is more than one. */
  readonly legend: readonly (readonly [colour: FigureColour, meaning: string])[];
  /** In the order in which the chart draws what can be chosen. */
  readonly marks: readonly Mark[];
  readonly draw: (size: FigureSize) => FigureDrawing;
}

/** The colours of figures by theme. Those of data differ in lightness as well, for readers who do not see hues. */
export const FIGURE_COLOURS = {
  ink: { light: '#1f2933', dark: '#e4e9ee' },
  muted: { light: '#5b6670', dark: '#9aa7b3' },
  line: { light: '#d9dee3', dark: '#2c353e' },
  tone: { light: '#3a6ea5', dark: '#6ea8dc' },
  before: { light: '#98a4b0', dark: '#75838f' },
  kept: { light: '#0b7285', dark: '#45c0cf' },
  dropped: { light: '#c8642b', dark: '#ec9a63' },
  paper: { light: '#ffffff', dark: '#151b21' },
} as const;

export type FigureColour = keyof typeof FIGURE_COLOURS;

/** A colour that follows the reader's theme. */
export function colour(name: FigureColour): string {
  return `var(--${name})`;
}
