import { spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI, PROJECT_ROOT, TINY_STUDENT } from '../helpers/paths.js';

export interface ShellOptions {
  /** Ends the script and what it has started. */
  readonly signal: AbortSignal;
  /** On top of what the reader has, which is neither a key nor a server of OpenAI's kind. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface ShellResult {
  readonly code: number | null;
  /** Both streams, as on a screen. */
  readonly screen: string;
}

/** A folder as a reader has it, outside of this project: examples/, models/, and `npx reflection-tuning`. */
export class ReaderMachine {
  readonly directory: string;

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async create(): Promise<ReaderMachine> {
    const machine = new ReaderMachine(await mkdtemp(join(tmpdir(), 'reader-')));
    const { directory } = machine;
    await cp(join(PROJECT_ROOT, 'examples'), join(directory, 'examples'), { recursive: true });
    await mkdir(join(directory, 'models'));
    await symlink(TINY_STUDENT, join(directory, 'models', 'tiny-instruct-5m-f16.gguf'));
    await mkdir(join(directory, 'node_modules'));
    await symlink(PROJECT_ROOT, join(directory, 'node_modules', 'reflection-tuning'));
    await mkdir(join(directory, 'bin'));
    const npx = `#!/bin/sh\n[ "$1" = reflection-tuning ] || exit 127\nshift\nexec "${process.execPath}" "${CLI}" "$@"\n`;
    await writeFile(join(directory, 'bin', 'npx'), npx, { mode: 0o755 });
    return machine;
  }

  /** Runs a script, which ends at the first command that fails. */
  async run(script: string, { signal, environment }: ShellOptions): Promise<ShellResult> {
    const { OPENAI_API_KEY: _key, OPENAI_BASE_URL: _server, ...inherited } = process.env;
    const path = `${join(this.directory, 'bin')}:${process.env.PATH}`;
    const child = spawn('bash', ['-e', '-o', 'pipefail', '-c', `exec 2>&1\n${script}`], {
      cwd: this.directory,
      env: { ...inherited, PATH: path, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
      // a process group of its own, which can be ended whole
      detached: true,
    });
    const end = () => process.kill(-child.pid!, 'SIGKILL');
    signal.addEventListener('abort', end);
    let screen = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      screen += chunk;
    });
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', resolve);
    });
    signal.removeEventListener('abort', end);
    return { code, screen };
  }

  remove(): Promise<void> {
    return rm(this.directory, { recursive: true });
  }
}
