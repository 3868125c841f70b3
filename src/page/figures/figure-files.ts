import { join } from 'node:path';
import { makeDirectory } from '../../output/make-directory.js';
import { replaceFile } from '../../util/replace-file.js';
import type { DrawnFigure } from '../render-page.js';
import { FIGURE_COLOURS } from './figure.js';

/** Pixels of a picture for each of the figure. */
const SCALE = 2;

/**
 * Writes figures as files of their own, SVG and PNG, in the colours of the light theme; with several sources their
 * number comes first in the name.
 * @returns The files' paths.
 * @throws {ReflectionError} `output_unwritable`.
 */
export async function writeFigures(directory: string, figures: readonly DrawnFigure[]): Promise<string[]> {
  const { Resvg } = await import('@resvg/resvg-js');
  await makeDirectory(directory);
  const hasSeveral = figures.some(({ source }) => source > 0);
  const written: string[] = [];
  for (const { figure, source, wide } of figures) {
    const path = join(directory, `${hasSeveral ? `${source + 1}-` : ''}${figure.name}`);
    const svg = standalone(wide);
    const png = new Resvg(svg, {
      background: FIGURE_COLOURS.paper.light,
      fitTo: { mode: 'zoom', value: SCALE },
    }).render();
    await replaceFile(`${path}.svg`, `${svg}\n`);
    await replaceFile(`${path}.png`, png.asPng());
    written.push(`${path}.svg`, `${path}.png`);
  }
  return written;
}

/** A figure without what only the page understands: its colours by name, and the numbers of its marks. */
function standalone(svg: string): string {
  return svg
    .replace(/ data-mark="\d+"/g, '')
    .replace(/var\(--(\w+)\)/g, (_, name: keyof typeof FIGURE_COLOURS) => FIGURE_COLOURS[name].light);
}
