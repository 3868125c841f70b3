import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { chooseSamples } from './choose-samples.js';

/** Words of an instruction and of an answer: a row that is scored fast, so that what surrounds it shows. */
const WORDS = 6;

/**
 * Writes `count` different short rows, cut from those of a dataset, as JSON Lines. The texts differ from one another
 * by a number, so that no row can be taken for an earlier one.
 */
export async function writeShortRows(data: string, count: number, file: string): Promise<void> {
  const samples = await chooseSamples({ data, count: Number.POSITIVE_INFINITY, every: 1 });
  const texts = samples.map(({ sample }) => ({
    instruction: firstWords(sample.instruction),
    output: firstWords(sample.output),
  }));
  const stream = createWriteStream(file);
  for (let row = 0; row < count; row++) {
    const { instruction, output } = texts[row % texts.length]!;
    const line = JSON.stringify({ id: row, instruction: `${instruction} (${row})`, output });
    if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await finished(stream);
}

function firstWords(text: string): string {
  return text.trim().split(/\s+/).slice(0, WORDS).join(' ');
}
