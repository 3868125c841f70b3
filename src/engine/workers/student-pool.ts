import { availableParallelism } from 'node:os';
import { ReflectionError } from '../../errors.js';
import type { WorkerDevice } from '../../options/device-name.js';
import { throwIfAborted } from '../../util/throw-if-aborted.js';
import { checkModelFile } from '../check-model-file.js';
import type { ChosenDevice } from '../devices.js';
import { addStats, type EngineStats } from '../engine-stats.js';
import { requireExact } from '../fidelity.js';
import type { LoadedStudent, StudentFacts } from '../loaded-student.js';
import { nativeAddon } from '../native-binding.js';
import type { ScoreOptions, SpanOutcome, SpanRequest, TokenizeOptions } from '../scorer.js';
import { completeStudentOptions, type StudentOptions } from '../student-options.js';
import { flattenRequests, splitResult, splitTokenLists } from '../token-job.js';
import type { WorkerFacts } from './messages.js';
import { StudentWorker } from './student-worker.js';
import { commonKind } from './worker-device.js';

interface Member {
  readonly worker: StudentWorker;
  readonly parallelism: number;
  /** Jobs it has not finished, and their tokens. */
  jobs: number;
  load: number;
}

export interface StudentPoolOptions extends Omit<StudentOptions, 'device'> {
  /** One worker process for each, all of one kind. */
  readonly devices: readonly WorkerDevice[];
}

/**
 * A student loaded in several processes, one a device, that scores as one. A worker that dies takes the jobs it had with
 * it, as `worker_lost`; further jobs go to the others.
 */
export class StudentPool implements LoadedStudent {
  readonly #members: readonly Member[];
  #nextTokenizer = 0;
  #closing: Promise<void> | undefined;

  readonly model: StudentFacts['model'];
  readonly engine: StudentFacts['engine'];
  readonly device: ChosenDevice;
  readonly precision: StudentFacts['precision'];
  readonly deterministic: boolean;
  readonly startToken: number;
  readonly startTokenKind: StudentFacts['startTokenKind'];
  /** The processes, for whoever watches over them. */
  readonly workers: readonly { readonly device: WorkerDevice; readonly pid: number | undefined }[];

  private constructor(started: readonly { readonly worker: StudentWorker; readonly facts: WorkerFacts }[]) {
    const all = started.map(({ facts }) => facts);
    const [first] = all as [WorkerFacts, ...WorkerFacts[]];
    this.#members = started.map(({ worker, facts }) => {
      return { worker, parallelism: facts.parallelism, jobs: 0, load: 0 };
    });
    this.workers = started.map(({ worker: { device, pid } }) => ({ device, pid }));
    this.model = first.model;
    this.engine = {
      ...first.engine,
      threads: sum(all.map(({ engine }) => engine.threads)),
      contexts: sum(all.map(({ engine }) => engine.contexts)),
    };
    this.device = {
      ...first.device,
      name: all.map(({ device }) => device.name).join(', '),
      description: `${all.length} ${all.length === 1 ? 'process' : 'processes'}, ${[...new Set(all.map(({ device }) => device.description))].join(', ')}`,
    };
    this.precision = first.precision;
    this.deterministic = first.deterministic;
    this.startToken = first.startToken;
    this.startTokenKind = first.startTokenKind;
  }

  /** Loads the student in all processes. Rejects as {@link Student.load} does, or with `worker_lost`. */
  static async load({ devices, signal, ...given }: StudentPoolOptions): Promise<StudentPool> {
    const kind = commonKind(devices);
    const options = completeStudentOptions(given);
    if (options.precision === 'precise' && options.gpuLayers !== 0) requireExact(kind);
    // fails here and by itself when it is missing or does not fit, before a file is blamed for it
    nativeAddon();
    if (options.checkFile) await checkModelFile(options.model, signal);
    throwIfAborted(signal);
    const starts = await Promise.allSettled(
      devices.map((device) => {
        // those of a NUMA node are counted in the process that runs there
        const counted = kind !== 'cpu' || device === 'cpu' || given.threads !== undefined;
        const threads = Math.floor((given.threads ?? availableParallelism()) / devices.length);
        const share = counted ? { threads: Math.max(1, threads) } : {};
        return StudentWorker.start(device, { ...given, ...share, checkFile: false }, signal);
      }),
    );
    const started = starts.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed === undefined) return new StudentPool(started);
    await Promise.all(started.map(({ worker }) => worker.close()));
    throw failed.reason;
  }

  get maxLength(): number {
    return this.engine.maxLength;
  }

  get batchTokens(): number {
    return this.engine.batchTokens;
  }

  get parallelism(): number {
    return sum(this.#members.map(({ parallelism }) => parallelism));
  }

  async tokenize(texts: readonly string[], options: TokenizeOptions = {}): Promise<readonly Int32Array[]> {
    const alive = this.#alive();
    const { worker } = alive[this.#nextTokenizer++ % alive.length]!;
    return splitTokenLists(await worker.tokenize(texts, options));
  }

  async score(requests: readonly SpanRequest[], options: ScoreOptions = {}): Promise<readonly SpanOutcome[]> {
    const alive = this.#alive();
    throwIfAborted(options.signal);
    if (requests.length === 0) return [];
    const job = flattenRequests(requests, options.perToken ?? false);
    const free = alive.filter(({ jobs, parallelism }) => jobs < parallelism);
    const member = (free.length > 0 ? free : alive).reduce((best, next) =>
      next.load < best.load ? next : best,
    );
    member.jobs++;
    member.load += job.tokens.length;
    try {
      return splitResult(await member.worker.score(job, options.signal));
    } finally {
      member.jobs--;
      member.load -= job.tokens.length;
    }
  }

  stats(): EngineStats {
    this.#requireOpen();
    return addStats(this.#members.map(({ worker }) => worker.stats));
  }

  close(): Promise<void> {
    this.#closing ??= Promise.all(this.#members.map(({ worker }) => worker.close())).then(() => {});
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #alive(): readonly Member[] {
    this.#requireOpen();
    const alive = this.#members.filter(({ worker }) => worker.lost === undefined);
    if (alive.length === 0) throw this.#members[0]!.worker.lost!;
    return alive;
  }

  #requireOpen(): void {
    if (this.#closing) throw new ReflectionError('closed', 'the student is closed');
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
