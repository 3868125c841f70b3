import { execFile, spawn } from 'node:child_process';
import { access, mkdir, readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { BUILT_IN_TEMPLATES, renderPrompt, renderReversePrompt, type Sample } from 'reflection-tuning';
import type { PythonEnvironment } from '../baselines/environment.js';

const run = promisify(execFile);

/** Seen from build/bench/bench/parity, where this file is compiled to. */
const PROJECT = new URL('../../../../', import.meta.url);

/** The models of architectures.py. */
export const CASES = [
  ...['gpt2', 'llama-2', 'llama-3', 'mistral', 'mixtral', 'qwen2', 'qwen2-moe', 'qwen3', 'qwen3-moe'],
  ...['gemma', 'gemma-2', 'gemma-3', 'phi-2', 'phi-3', 'falcon', 'starcoder2', 'granite'],
  ...['command-r', 'olmo', 'olmoe', 'stablelm', 'mamba'],
] as const;
export type CaseName = (typeof CASES)[number];

/** A sample and the prompts that are made of it, so that Python has texts only. */
export interface ParityRow extends Sample {
  readonly prompt: string;
  readonly reversePrompt: string;
}

const EXAMPLES = 12;
const TEMPLATE = BUILT_IN_TEMPLATES.alpaca;

/** Rows that tokenizers differ on, and some of the examples. */
export async function readRows(): Promise<readonly ParityRow[]> {
  const linesOf = async (path: string) =>
    (await readFile(new URL(path, PROJECT), 'utf8')).trimEnd().split('\n');
  const lines = [
    ...(await linesOf('bench/parity/rows.jsonl')),
    ...(await linesOf('examples/instructions.jsonl')).slice(0, EXAMPLES),
  ];
  return lines.map((line) => {
    const { instruction, input, output } = JSON.parse(line) as Sample;
    const sample = { instruction, input, output };
    const prompt = renderPrompt(TEMPLATE, sample);
    return { ...sample, prompt, reversePrompt: renderReversePrompt(TEMPLATE, output) };
  });
}

/** llama.cpp's sources, with its converter and its vocabularies, out of node-llama-cpp's bundle; done once. */
export async function extractLlamaCpp(folder: string): Promise<string> {
  const source = join(folder, 'llama.cpp');
  const paths: typeof import('../../scripts/native-paths.mjs') = await import(
    new URL('scripts/native-paths.mjs', PROJECT).href
  );
  if (!paths.bundle) throw new Error('node-llama-cpp is not installed: run npm ci');
  await mkdir(folder, { recursive: true });
  const there = await access(join(source, 'convert_hf_to_gguf.py')).then(
    () => true,
    () => false,
  );
  if (!there) await run('git', ['clone', '--quiet', paths.bundle, source]);
  return source;
}

/** What expect.py reads. */
export interface ParityTask {
  readonly cases: readonly CaseName[];
  /** llama.cpp's sources. */
  readonly source: string;
  /** A file of {@link ParityRow}s. */
  readonly rows: string;
  /** Where a folder for each case goes, with model.gguf and expected.json, or why.txt where it failed. */
  readonly folder: string;
}

/** Runs expect.py. Rejects when it fails. */
export async function expectLosses(task: ParityTask, { python }: PythonEnvironment): Promise<void> {
  const script = fileURLToPath(new URL('bench/parity/expect.py', PROJECT));
  const child = spawn(python, [script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: {
      ...process.env,
      // its converter, and its own version of the library that the converter needs
      PYTHONPATH: [task.source, join(task.source, 'gguf-py')].join(delimiter),
      ...{
        PYTHONDONTWRITEBYTECODE: '1',
        TRANSFORMERS_VERBOSITY: 'error',
        HF_HUB_OFFLINE: '1',
        OMP_NUM_THREADS: '1',
      },
    },
  });
  child.stdin.end(JSON.stringify(task));
  const code = await new Promise<number | null>((resolve, reject) =>
    child.once('error', reject).once('close', resolve),
  );
  if (code !== 0) throw new Error(`expect.py failed with exit code ${code}`);
}
