import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import { METRICS, type Metric } from 'reflection-tuning';
import { flagParser } from '../src/cli/options/flag-parser.js';
import { count, someOf } from '../src/options/value.js';
import { BENCH_MODELS } from './models/resolve-model.js';
import { ownStudy } from './studies/own-study.js';
import { type StudyMaker, SUITES, type SuiteName } from './suites.js';
import { CONTENDERS, type ContenderName, PYTHON_CONTENDERS } from './trial/task.js';

/** Seen from build/bench/bench, where this file is compiled to. */
const EXAMPLE_DATA = fileURLToPath(new URL('../../../examples/instructions.jsonl', import.meta.url));

const ALL_CONTENDERS = [...CONTENDERS, ...PYTHON_CONTENDERS];
/** Those that answer the usual question about a model: how fast is it scored, and how else could it be? */
const USUAL_CONTENDERS: readonly ContenderName[] = [
  'ours',
  'plain',
  'prefill',
  'node-probabilities',
  'node-prefill',
];

export interface BenchOptions {
  readonly suite: SuiteName | 'own';
  readonly studies: readonly StudyMaker[];
  /** Rows that are written and read in every format; 0 for none. */
  readonly formatRows: number;
  readonly data: string;
  readonly metrics: readonly Metric[];
  readonly rounds: number;
  readonly threads: number;
  readonly baselines: boolean;
  readonly micro: boolean;
}

interface Flags {
  readonly suite: SuiteName;
  readonly model?: string;
  readonly data: string;
  readonly rows: number;
  readonly slowEvery: number;
  readonly prompts: number;
  readonly metrics: readonly Metric[];
  readonly trials?: number;
  readonly threads: number;
  readonly contenders: readonly ContenderName[];
  readonly baselines?: boolean;
  readonly micro: boolean;
}

/** Reads the command line; prints help or what is wrong with it, and exits, where there is nothing to run. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const flags = command().parse(argv).opts<Flags>();
  const suite = SUITES[flags.suite];
  const { model, data, metrics, threads, micro } = flags;
  return {
    suite: model === undefined ? flags.suite : 'own',
    formatRows: model === undefined ? suite.formatRows : 0,
    studies: model === undefined ? suite.studies : [(settings) => ownStudy({ ...flags, model }, settings)],
    data: resolve(data),
    metrics,
    rounds: flags.trials ?? suite.rounds,
    threads,
    baselines: flags.baselines ?? suite.baselines,
    micro,
  };
}

function command(): Command {
  return new Command('npm run bench --')
    .description('measures our engine beside its plain path, node-llama-cpp, bare prefill and Python')
    .addOption(
      new Option('--suite <name>', 'how much to measure').choices(Object.keys(SUITES)).default('quick'),
    )
    .option('--trials <n>', 'rounds that count, after one that does not', flagParser(count('n')))
    .option('--threads <n>', 'CPU threads of every contender', flagParser(count('n')), availableParallelism())
    .addOption(new Option('--data <file.jsonl>', 'the dataset').default(EXAMPLE_DATA, 'the shipped examples'))
    .option('--baselines', 'with the Python contenders; installs what they need in build/baselines (6 GB)')
    .option('--no-baselines', 'without them, where the suite has them')
    .option('--no-micro', 'leave out the micro-benchmarks')
    .option('--model <name|file>', `one model only: ${Object.keys(BENCH_MODELS).join(', ')}, or a GGUF file`)
    .option('--rows <n>', 'with --model: rows of the dataset', flagParser(count('n')), 24)
    .option(
      '--slow-every <n>',
      'with --model: of those, slow contenders take one in n',
      flagParser(count('n')),
      8,
    )
    .option('--prompts <n>', 'with --model: prompts of the prefill contenders', flagParser(count('n')), 4)
    .addOption(
      new Option('--metrics <list>', METRICS.join(', '))
        .argParser(flagParser(someOf(METRICS)))
        .default(['ifd'], 'ifd'),
    )
    .addOption(
      new Option('--contenders <list>', `with --model: ${ALL_CONTENDERS.join(', ')}`)
        .argParser(flagParser(someOf(ALL_CONTENDERS)))
        .default(USUAL_CONTENDERS, USUAL_CONTENDERS.join(',')),
    );
}
