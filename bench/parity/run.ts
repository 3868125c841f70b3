/**
 * `npm run bench:parity`: random models of many architectures, each with a real vocabulary, converted by llama.cpp's
 * own converter and compared with transformers in fp32; and what weight types and `fast` add to that.
 */

import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { flagParser } from '../../src/cli/options/flag-parser.js';
import { someOf } from '../../src/options/value.js';
import { ensurePythonEnvironment } from '../baselines/environment.js';
import { buildQuantizer, WEIGHT_TYPES, type WeightType } from '../quantized/quantizer.js';
import { CASES, type CaseName, expectLosses, extractLlamaCpp, readRows } from './cases.js';
import { compareLosses } from './compare-losses.js';
import { type ParityOf, renderParity, renderWeightTypes, type TypeGap } from './render.js';
import { lossesBy } from './score-losses.js';

/** Seen from build/bench/bench/parity, where this file is compiled to. */
const FOLDER = fileURLToPath(new URL('../../../../build/parity', import.meta.url));

interface Flags {
  readonly cases: readonly CaseName[];
  readonly types: readonly WeightType[];
}

const flags = new Command('npm run bench:parity --')
  .option('--cases <list>', CASES.join(', '), flagParser(someOf(CASES)), CASES)
  .option('--types <list>', 'weight types', flagParser(someOf(WEIGHT_TYPES)), [
    'F16',
    'Q8_0',
    'Q4_K_M',
  ] as const)
  .parse()
  .opts<Flags>();

const environment = await ensurePythonEnvironment((folder) =>
  console.error(`installing Python packages: ${folder}`),
);
const source = await extractLlamaCpp(FOLDER);
const quantize = await buildQuantizer();
const rows = await readRows();
await mkdir(FOLDER, { recursive: true });
await writeFile(join(FOLDER, 'rows.json'), JSON.stringify(rows));

const models = join(FOLDER, 'models');
await rm(models, { recursive: true, force: true });
await expectLosses(
  { cases: flags.cases, source, rows: join(FOLDER, 'rows.json'), folder: models },
  environment,
);

const parity: ParityOf[] = [];
const byType: TypeGap[] = [];
let failed = 0;
for (const name of flags.cases) {
  const started = performance.now();
  try {
    await compareCase(name);
    await writeFile(join(FOLDER, 'results.json'), JSON.stringify({ parity, byType }, undefined, 1));
    console.error(`${name}: ${((performance.now() - started) / 1000).toFixed(0)} s`);
  } catch (error) {
    failed++;
    console.error(`${name} failed: ${(error as Error).message}`);
  }
}
console.log(renderParity(parity));
console.log(renderWeightTypes(byType));
if (failed > 0) process.exitCode = 1;

async function compareCase(name: CaseName): Promise<void> {
  const folder = join(models, name);
  try {
    const why = await readFile(join(folder, 'why.txt'), 'utf8').catch(() => undefined);
    if (why !== undefined) throw new Error(why);
    const model = join(folder, 'model.gguf');
    const expected = JSON.parse(await readFile(join(folder, 'expected.json'), 'utf8'));
    const precise = await lossesBy(model, 'precise', rows, ['exact', 'reference']);
    const fast = await lossesBy(model, 'fast', rows, ['exact']);
    parity.push({
      name,
      vocabulary: precise.vocabulary,
      exact: compareLosses(precise.losses[0]!, expected.exact),
      reference: compareLosses(precise.losses[1]!, expected.reference),
      fast: compareLosses(fast.losses[0]!, expected.exact),
    });
    for (const type of flags.types) {
      const converted = join(folder, `${type}.gguf`);
      await quantize(model, converted, type);
      const dequantized = await lossesBy(converted, 'precise', rows, ['exact']);
      const computed = await lossesBy(converted, 'fast', rows, ['exact']);
      byType.push({ name, type, gap: compareLosses(computed.losses[0]!, dequantized.losses[0]!) });
    }
  } finally {
    // the largest are half a gigabyte
    await rm(folder, { recursive: true });
  }
}
