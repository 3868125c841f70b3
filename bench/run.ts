/** `npm run bench`: see README.md beside the sources. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { plainTable } from '../src/report/plain-table.js';
import { ensurePythonEnvironment } from './baselines/environment.js';
import { formatTable } from './formats/format-table.js';
import { measureFormats } from './formats/measure-formats.js';
import type { MicroResult } from './micro/micro-case.js';
import { microCases } from './micro/micro-cases.js';
import { renderMicro } from './micro/render.js';
import { runMicro } from './micro/run-micro.js';
import { readOptions } from './options.js';
import { describeSurroundings } from './report/machine.js';
import { appendResult } from './report/results-file.js';
import { describeOthers } from './study/others.js';
import { studyRecord } from './study/record.js';
import { resultsPage } from './study/results-page.js';
import { runStudy, type StudyResult } from './study/run-study.js';
import { findingTable, trialTable, unmeasuredLines } from './study/tables.js';

/** Load a core, from others, that makes every figure doubtful. */
const BUSY = 0.25;
/** Seen from build/bench/bench, where this file is compiled to. */
const BENCH_FOLDER = fileURLToPath(new URL('../../../bench', import.meta.url));
const RESULTS_FOLDER = join(BENCH_FOLDER, 'results');

const options = readOptions(process.argv);
const surroundings = await describeSurroundings(options.threads);
const { machine, commit, node, llamaCpp, nodeLlamaCpp } = surroundings;
console.log(
  `${machine.cpu}, ${machine.cores} cores, ${options.threads} threads; commit ${commit ?? 'unknown'}, ` +
    `Node ${node}, llama.cpp ${llamaCpp}, node-llama-cpp ${nodeLlamaCpp}`,
);
warnIfBusy();

const python = options.baselines
  ? await ensurePythonEnvironment((folder) => console.error(`installing the Python contenders in ${folder}`))
  : undefined;
const results: StudyResult[] = [];
for (const makeStudy of options.studies) {
  const study = await makeStudy({ ...options, python: python !== undefined });
  const result = await runStudy(study, { ...options, python });
  results.push(result);
  printStudy(result);
  await appendResult(RESULTS_FOLDER, surroundings, studyRecord(result));
}

if (options.formatRows > 0) {
  const formats = await measureFormats(options.data, options.formatRows);
  console.log(`\n${options.formatRows} short rows in every format\n${plainTable(formatTable(formats))}`);
  await appendResult(RESULTS_FOLDER, surroundings, { kind: 'formats', rows: options.formatRows, formats });
}

if (options.micro) {
  const micro: MicroResult[] = [];
  for (const microCase of await microCases(options.data)) micro.push(await runMicro(microCase));
  console.log(`\n${renderMicro(micro)}`);
  await appendResult(RESULTS_FOLDER, surroundings, { kind: 'micro', data: options.data, results: micro });
}

const findings = results.flatMap((result) => result.findings);
console.log(`\n${plainTable(findingTable(findings))}`);
if (options.suite === 'full') {
  for (const line of unmeasuredLines(findings)) console.log(`not measured: ${line}`);
  const page = join(BENCH_FOLDER, 'RESULTS.md');
  await writeFile(
    page,
    resultsPage(surroundings, `npm run bench -- ${process.argv.slice(2).join(' ')}`, results),
  );
  console.log(`\nwritten: ${page}`);
}
console.log(`\nother processes took ${describeOthers(results)} of all cores during the trials`);
warnIfBusy();
console.log(`\nall samples: ${RESULTS_FOLDER}`);

function warnIfBusy(): void {
  if (machine.load <= BUSY * machine.cores) return;
  console.log(`the machine was busy before this run (load ${machine.load.toFixed(1)}): trust no figure`);
}

function printStudy({ study, rounds, disagreement }: StudyResult): void {
  console.log(
    `\n${study.title}: medians of ${rounds.length} rounds\n${plainTable(trialTable(study, rounds))}`,
  );
  console.log(`\nlosses of all contenders agree to ${disagreement.toExponential(1)} nats`);
}
