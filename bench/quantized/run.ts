/** `npm run bench:quantized`: what quantizing a student does to the ranks of a dataset's rows, and to what is chosen. */

import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { compareScores, scoreDataset } from 'reflection-tuning';
import { flagParser } from '../../src/cli/options/flag-parser.js';
import { count, someOf } from '../../src/options/value.js';
import { plainTable } from '../../src/report/plain-table.js';
import { formatShare } from '../../src/util/format.js';
import { inTemporaryFolder } from '../trial/in-temporary-folder.js';
import { buildQuantizer, QUANTIZED_TYPES, type QuantizedType } from './quantizer.js';

/** Seen from build/bench/bench/quantized, where this file is compiled to. */
const PROJECT = new URL('../../../../', import.meta.url);
const inProject = (path: string) => fileURLToPath(new URL(path, PROJECT));

interface Flags {
  readonly model: string;
  readonly data: string;
  readonly types: readonly QuantizedType[];
  readonly limit?: number;
}

const flags = new Command('npm run bench:quantized --')
  .option('--model <file.gguf>', 'the student', inProject('models/tiny-instruct-5m-f16.gguf'))
  .option('--data <file.jsonl>', 'the dataset', inProject('examples/instructions.jsonl'))
  .option('--types <list>', QUANTIZED_TYPES.join(', '), flagParser(someOf(QUANTIZED_TYPES)), QUANTIZED_TYPES)
  .option('--limit <rows>', 'stop after this many rows', flagParser(count('rows')))
  .parse()
  .opts<Flags>();

await inTemporaryFolder(async (folder) => {
  const quantize = await buildQuantizer();
  const original = await score(flags.model, join(folder, 'original.jsonl'));
  const rows: string[][] = [];
  for (const type of flags.types) {
    const model = join(folder, `${type}.gguf`);
    await quantize(flags.model, model, type);
    const scores = await score(model, join(folder, `${type}.jsonl`));
    const { metrics, filter, top } = await compareScores(original, scores);
    rows.push([
      type,
      (await megabytes(model)).toFixed(1),
      ...[metrics.ifd.spearman, metrics.rifd.spearman, metrics.ifd.kendall, metrics.rifd.kendall].map(
        coefficient,
      ),
      ...top.map(({ overlap }) => (overlap === undefined ? 'none' : formatShare(overlap))),
      filter.rows === 0 ? 'none' : formatShare(filter.differing / filter.rows),
    ]);
  }
  const head = [
    ...['type', 'MB', 'Spearman IFD', 'r-IFD', 'Kendall IFD', 'r-IFD'],
    ...['top 5%', '10%', '15%', 'filter differs'],
  ];
  console.log(`against ${flags.model}, ${(await megabytes(flags.model)).toFixed(1)} MB`);
  console.log(plainTable({ head, align: head.map((_, i) => (i === 0 ? 'left' : 'right')), rows }));
});

async function score(model: string, output: string): Promise<string> {
  const { data, limit } = flags;
  await scoreDataset({ dataset: data, output, student: model, device: 'cpu', limit });
  return output;
}

async function megabytes(file: string): Promise<number> {
  return (await stat(file)).size / 1e6;
}

function coefficient(value: number | undefined): string {
  return value === undefined ? 'none' : value.toFixed(4);
}
