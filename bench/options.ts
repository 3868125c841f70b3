import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import { METRICS, type Metric } from 'reflection-tuning';
import { integerFrom, listOf } from '../src/cli/option-values.js';
import { ALL_ROWS, BENCH_MODELS, EXAMPLE_DATA, SUITES, type SuiteModel, type SuiteName } from './suites.js';
import { CONTENDERS, type ContenderName } from './trial/task.js';

export interface BenchOptions {
  readonly models: readonly SuiteModel[];
  readonly contenders: readonly ContenderName[];
  readonly data: string;
  readonly slowRows: number;
  readonly prompts: number;
  readonly metrics: readonly Metric[];
  readonly trials: number;
  readonly threads: number;
  readonly micro: boolean;
}

interface Flags {
  readonly suite: SuiteName;
  readonly model?: string;
  readonly data: string;
  readonly rows?: number;
  readonly slowRows?: number;
  readonly metrics: readonly Metric[];
  readonly trials?: number;
  readonly threads: number;
  readonly contenders: readonly ContenderName[];
  readonly micro: boolean;
}

/** Reads the command line; prints help or what is wrong with it, and exits, where there is nothing to run. */
export function readOptions(argv: readonly string[]): BenchOptions {
  const flags = command().parse(argv).opts<Flags>();
  const suite = SUITES[flags.suite];
  const models: readonly SuiteModel[] =
    flags.model === undefined ? suite.models : [{ rows: ALL_ROWS, model: flags.model }];
  return {
    models: models.map(({ model, rows }) => ({ model, rows: flags.rows ?? rows })),
    contenders: flags.contenders,
    data: resolve(flags.data),
    slowRows: flags.slowRows ?? suite.slowRows,
    prompts: suite.promptsPerThread * flags.threads,
    metrics: flags.metrics,
    trials: flags.trials ?? suite.trials,
    threads: flags.threads,
    micro: flags.micro,
  };
}

function command(): Command {
  return new Command('npm run bench --')
    .description('measures our engine beside its plain path, node-llama-cpp and bare prefill')
    .addOption(
      new Option('--suite <name>', 'how much to measure').choices(Object.keys(SUITES)).default('quick'),
    )
    .option('--model <name|file>', `one model only: ${Object.keys(BENCH_MODELS).join(', ')}, or a GGUF file`)
    .addOption(new Option('--data <file.jsonl>', 'the dataset').default(EXAMPLE_DATA, 'the shipped examples'))
    .option(
      '--rows <n>',
      'its first rows only (default: as the suite says; with --model all)',
      integerFrom(1),
    )
    .option('--slow-rows <n>', 'rows for node-llama-cpp’s own evaluation', integerFrom(1))
    .addOption(
      new Option('--metrics <list>', METRICS.join(', ')).argParser(listOf(METRICS)).default(['ifd'], 'ifd'),
    )
    .option('--trials <n>', 'rounds that count, after one that does not', integerFrom(1))
    .option('--threads <n>', 'CPU threads of every contender', integerFrom(1), availableParallelism())
    .addOption(
      new Option('--contenders <list>', CONTENDERS.join(', '))
        .argParser(listOf(CONTENDERS))
        .default(CONTENDERS, 'all'),
    )
    .option('--no-micro', 'leave out the micro-benchmarks');
}
