import type { ContextDescription } from './engine-description.js';
import { addStats, type EngineStats } from './engine-stats.js';
import type {
  NativeJob,
  NativeModel,
  NativeResult,
  NativeSession,
  NativeSessionOptions,
} from './native-binding.js';

interface Member {
  readonly session: NativeSession;
  /** Tokens of the jobs it has not finished. */
  load: number;
}

/**
 * Several sessions on one model, each with CPU threads of its own. Threads that share a decode wait for each other
 * after every operation, spinning; a thread that the operating system takes away for a moment stalls them all. Threads
 * that decode different batches never wait, so on a CPU a session per thread is faster, and by far when the machine
 * has other work.
 */
export class SessionPool {
  readonly #members: readonly Member[];
  #nextJob = 1;

  private constructor(sessions: readonly NativeSession[]) {
    this.#members = sessions.map((session) => ({ session, load: 0 }));
  }

  /** Opens `contexts` sessions and deals `options.threads` out among them. Rejects when one does not open. */
  static async open(
    model: NativeModel,
    options: NativeSessionOptions,
    contexts: number,
  ): Promise<SessionPool> {
    const opened: NativeSession[] = [];
    try {
      for (let i = 0; i < contexts; i++) {
        // the number of threads may show in the last digits; where that matters all sessions have the same
        const isEven = options.deterministic || options.independentCalls;
        const threads = Math.floor((options.threads + (isEven ? 0 : i)) / contexts);
        opened.push(await model.openSession({ ...options, threads: Math.max(1, threads) }));
      }
      return new SessionPool(opened);
    } catch (error) {
      await Promise.all(opened.map((session) => session.close()));
      throw error;
    }
  }

  get size(): number {
    return this.#members.length;
  }

  /** Of the first session; the others differ in threads at most. */
  describe(): ContextDescription {
    return this.#members[0]!.session.describe();
  }

  stats(): EngineStats {
    return addStats(this.#members.map(({ session }) => session.stats()));
  }

  /** Scores a job on the session with the least to do. */
  async score(job: NativeJob, signal?: AbortSignal): Promise<NativeResult> {
    const member = this.#members.reduce((best, next) => (next.load < best.load ? next : best));
    const id = this.#nextJob++;
    const cancel = () => member.session.cancel(id);
    member.load += job.tokens.length;
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      return await member.session.score(id, job);
    } finally {
      signal?.removeEventListener('abort', cancel);
      member.load -= job.tokens.length;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#members.map(({ session }) => session.close()));
  }
}
