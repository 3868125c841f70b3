import type { Surroundings } from '../report/machine.js';
import { markdownTable } from './markdown-table.js';
import { describeOthers } from './others.js';
import { rooflinePoints, rooflineTable } from './roofline.js';
import type { StudyResult } from './run-study.js';
import { findingTable, trialTable, unmeasuredLines } from './tables.js';

const ROOFLINE_NOTE =
  'Computed from the models and the counters of each run; [docs/performance.md](../docs/performance.md) explains it.';

/** `bench/RESULTS.md`: what one run of the benchmarks measured, where, and how it compares with what was aimed at. */
export function resultsPage(
  { machine, commit, node, llamaCpp, nodeLlamaCpp, threads, time }: Surroundings,
  command: string,
  results: readonly StudyResult[],
): string {
  const findings = results.flatMap((result) => result.findings);
  const unmeasured = unmeasuredLines(findings);
  const points = results.flatMap(({ study, rounds }) =>
    rooflinePoints(study, rounds).map((point) => ({ ...point, name: `${study.name}, ${point.name}` })),
  );
  const sections = [
    '# Results',
    `Written by \`${command}\`; [README.md](README.md) says how everything is measured. Each figure is the median of its ` +
      'rounds, smallest and largest in brackets; ratios are taken round by round.',
    markdownTable({
      head: ['', ''],
      align: ['left', 'left'],
      rows: [
        ['machine', `${machine.cpu}, ${machine.cores} cores, ${(machine.memoryBytes / 1e9).toFixed(0)} GB`],
        ['platform', machine.platform],
        ['load before', machine.load.toFixed(2)],
        ['others meanwhile', describeOthers(results)],
        ['threads', String(threads)],
        ['commit', commit ?? 'unknown'],
        ['versions', `Node ${node}, llama.cpp ${llamaCpp}, node-llama-cpp ${nodeLlamaCpp}`],
        ['time', time],
      ],
    }),
    '## Targets',
    markdownTable(findingTable(findings)),
    ...(unmeasured.length === 0
      ? []
      : ['Not measured in this run:', unmeasured.map((line) => `- ${line}`).join('\n')]),
    ...(points.length === 0 ? [] : ['## Roofline', ROOFLINE_NOTE, markdownTable(rooflineTable(points))]),
    '## Trials',
    ...results.flatMap(({ study, rounds, disagreement }) => [
      `### ${study.title}`,
      markdownTable(trialTable(study, rounds)),
      `${rounds.length} rounds; CPU back end: ${backEnds(rounds)}. Losses of all contenders agree to ` +
        `${disagreement.toExponential(1)} nats.`,
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function backEnds(rounds: StudyResult['rounds']): string {
  const names = rounds.flatMap((round) =>
    Array.from(round, ([name, { facts }]) =>
      facts.cpuBackend === undefined ? '' : `${name} ${String(facts.cpuBackend)}`,
    ),
  );
  return [...new Set(names)].filter((name) => name !== '').join(', ') || 'llama.cpp’s';
}
