/** `npm run bench`: see README.md beside the sources. */

import type { MicroResult } from './micro/micro-case.js';
import { microCases } from './micro/micro-cases.js';
import { renderMicro } from './micro/render.js';
import { runMicro } from './micro/run-micro.js';
import { readOptions } from './options.js';
import { describeSurroundings } from './report/machine.js';
import { appendResult } from './report/results-file.js';
import { RESULTS_FOLDER, resolveModel } from './suites.js';
import { type Measurement, measureModel } from './throughput/measure-model.js';
import { throughputRecord } from './throughput/record.js';
import { renderRatios, renderTargets, renderTrials } from './throughput/render.js';

/** Load a core, from others, that makes every figure doubtful. */
const BUSY = 0.25;

const options = readOptions(process.argv);
const surroundings = await describeSurroundings(options.threads);
const { machine, commit, node, llamaCpp, nodeLlamaCpp } = surroundings;
console.log(
  `${machine.cpu}, ${machine.cores} cores, ${options.threads} threads; commit ${commit ?? 'unknown'}, ` +
    `Node ${node}, llama.cpp ${llamaCpp}, node-llama-cpp ${nodeLlamaCpp}`,
);
warnIfBusy();

const measured: Measurement[] = [];
for (const { model, rows } of options.models) {
  const measurement = await measureModel(await resolveModel(model), rows, options);
  measured.push(measurement);
  printMeasurement(measurement);
  await appendResult(RESULTS_FOLDER, surroundings, throughputRecord(measurement, options));
}

if (options.micro) {
  const results: MicroResult[] = [];
  for (const microCase of await microCases(options.data)) results.push(await runMicro(microCase));
  console.log(`\n${renderMicro(results)}`);
  await appendResult(RESULTS_FOLDER, surroundings, { kind: 'micro', data: options.data, results });
}

const targets = renderTargets(measured.map(({ model, ratios }) => ({ model: model.name, ratios })));
if (targets !== '') console.log(`\n${targets}`);
warnIfBusy();
console.log(`\nall samples: ${RESULTS_FOLDER}`);

function warnIfBusy(): void {
  if (machine.load <= BUSY * machine.cores) return;
  console.log(`the machine was busy before this run (load ${machine.load.toFixed(1)}): trust no figure`);
}

function printMeasurement({ model, trials, cost, ratios, disagreement }: Measurement): void {
  const rows = Math.max(...[...trials.values()].map(([first]) => first!.losses.length));
  const settings = `${rows} rows, ${options.metrics.join(' and ')}, medians of ${options.trials} trials`;
  console.log(`\n${model.name}: ${settings}\n${renderTrials(trials, cost, model.bytes)}`);
  if (ratios.length > 0) console.log(`\n${renderRatios(ratios)}`);
  console.log(`\nlosses of all contenders agree to ${disagreement.toExponential(1)} nats`);
}
