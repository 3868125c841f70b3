import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecycleOptions } from '../../src/recycle/recycle-options.js';
import { EXAMPLE_DATASET, TINY_STUDENT } from '../helpers/paths.js';
import type { RecyclingTeacher } from './recycling-teacher.js';

export const OUTPUTS = [
  'selected.jsonl',
  'rejected.jsonl',
  'candidates.jsonl',
  'audit.jsonl',
  'summary.json',
];

/** Longer rows cost a test time and show nothing that short ones do not. */
const LONGEST_LINE = 330;

/** Example rows that are quickly scored. */
export async function shortRows(count: number): Promise<string[]> {
  const lines = (await readFile(EXAMPLE_DATASET, 'utf8')).split('\n');
  return lines.filter((line) => line !== '' && line.length <= LONGEST_LINE).slice(0, count);
}

/** Who scores. */
export const STUDENT = { student: TINY_STUDENT, device: 'cpu', threads: 1, checkFile: false } as const;

/** How that teacher is asked. */
export function asking({ baseUrl }: RecyclingTeacher) {
  return { teacher: 'openai:scripted', baseUrl, retryWait: 0.001 };
}

/** A temporary directory with a dataset in it. */
export class RecycleFixture implements AsyncDisposable {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<RecycleFixture> {
    return new RecycleFixture(await mkdtemp(join(tmpdir(), 'recycle-')));
  }

  get dataset(): string {
    return join(this.directory, 'rows.jsonl');
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  writeRows(lines: readonly string[]): Promise<void> {
    return writeFile(this.dataset, `${lines.join('\n')}\n`);
  }

  get place() {
    return { dataset: this.dataset, output: this.path('run') };
  }

  options(teacher: RecyclingTeacher, changes: Partial<RecycleOptions> = {}): RecycleOptions {
    return { ...this.place, ...asking(teacher), ...STUDENT, ...changes };
  }

  async output(name: string, run = 'run'): Promise<string> {
    return readFile(this.path(join(run, name)), 'utf8');
  }

  /** The bytes of all outputs of a run. */
  async outputs(run = 'run'): Promise<Record<string, string>> {
    const entries = OUTPUTS.map(async (name) => [name, await this.output(name, run)] as const);
    return Object.fromEntries(await Promise.all(entries));
  }

  // biome-ignore lint/suspicious/noExplicitAny: whatever was written; the tests look into it
  async rows(name: string, run = 'run'): Promise<any[]> {
    const text = await this.output(name, run);
    return text === ''
      ? []
      : text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line));
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.remove();
  }
}
