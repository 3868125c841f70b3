import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { getLlama, getModuleVersion, LlamaLogLevel } from 'node-llama-cpp';

/** Everything about the surroundings that a figure depends on. */
export type Surroundings = Awaited<ReturnType<typeof describeSurroundings>>;

export async function describeSurroundings(threads: number) {
  const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
  try {
    return {
      time: new Date().toISOString(),
      commit: commit(),
      machine: {
        cpu: cpus()[0]?.model.trim() ?? 'unknown',
        cores: availableParallelism(),
        memoryBytes: totalmem(),
        platform: `${process.platform}-${process.arch}`,
        /** Processes that wanted a core in the last minute, before this run began. */
        load: loadavg()[0]!,
      },
      threads,
      node: process.version,
      llamaCpp: llama.llamaCppRelease.release,
      nodeLlamaCpp: await getModuleVersion(),
    };
  } finally {
    await llama.dispose();
  }
}

/** The revision measured, with `-dirty` when files differ from it; null outside a repository. */
function commit(): string | null {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=12', '--exclude', '*'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
