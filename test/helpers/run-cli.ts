import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect } from 'vitest';
import { CLI, TINY_STUDENT } from './paths.js';

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd?: string;
  /** A command that starts the command line given to it, e.g. with less memory. */
  readonly under?: readonly string[];
  /** A module that is loaded first. */
  readonly preload?: string;
  /** On top of this process's own. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface CliProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<CliResult>;
}

/** The machine may be shared, and one thread makes results repeatable. */
export const ON_ONE_THREAD = ['--threads', '1', '--device', 'cpu'] as const;
export const TINY_ON_ONE_THREAD = ['--student', TINY_STUDENT, ...ON_ONE_THREAD] as const;

const running = new Set<ChildProcess>();
/** A test that fails leaves nothing running. */
afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts the built command line as a user would. */
export function startCli(
  args: readonly string[],
  { cwd, under = [], preload, environment }: CliOptions = {},
): CliProcess {
  const imports = preload === undefined ? [] : ['--import', preload];
  const [command, ...rest] = [...under, process.execPath, ...imports, CLI, ...args];
  const child = spawn(command!, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    ...(cwd && { cwd }),
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, ended };
}

export function runCli(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  return startCli(args, options).ended;
}

/** Runs to a success and returns what it printed. */
export async function runCliWell(args: readonly string[], options?: CliOptions): Promise<CliResult> {
  const result = await runCli(args, options);
  expect(result, result.stderr).toMatchObject({ code: 0, signal: null });
  return result;
}

/** What standard error says of a run that was refused, which is never a stack. */
export function refusalOf(result: CliResult): {
  readonly message: string;
  readonly remedy: string | undefined;
} {
  const { stderr, stdout } = result;
  expect(result, stderr).toMatchObject({ code: 2, signal: null });
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  const [, message, remedy] = /^error: (.+)(?:\n {2}remedy: (.+))?$/m.exec(stderr) ?? [];
  expect(message, stderr).toBeDefined();
  return { message: message!, remedy };
}
