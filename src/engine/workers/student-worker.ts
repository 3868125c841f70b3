import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { ReflectionError } from '../../errors.js';
import type { WorkerDevice } from '../../options/device-name.js';
import { named } from '../../options/option-name.js';
import type { EngineStats } from '../engine-stats.js';
import type { NativeJob, NativeResult, NativeTokenLists } from '../native-binding.js';
import type { TokenizeOptions } from '../scorer.js';
import type { StudentOptions } from '../student-options.js';
import { cpusOfNode } from './cpu-node.js';
import { type FromWorker, fromPlainError, type ToWorker, type WorkerFacts } from './messages.js';

/** As built, also when this file is run from its source. */
const PROGRAM = fileURLToPath(new URL('../../../dist/engine/workers/worker-main.js', import.meta.url));

const NO_STATS: EngineStats = { decodedTokens: 0, plannedTokens: 0, decodes: 0, outputRows: 0 };

type Answer = Extract<FromWorker, { kind: 'tokenized' | 'scored' }>;

interface Call {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: ReflectionError) => void;
}

type State =
  | { readonly kind: 'open' | 'closing' }
  | { readonly kind: 'lost'; readonly error: ReflectionError };

/** One student in a process of its own. While nothing is under way it does not keep this process alive. */
export class StudentWorker {
  readonly device: WorkerDevice;
  readonly #child: ChildProcess;
  readonly #calls = new Map<number, Call>();
  readonly #ended: Promise<void>;
  #nextId = 1;
  #state: State = { kind: 'open' };
  #stats = NO_STATS;
  #loading: { resolve: (facts: WorkerFacts) => void; reject: (error: ReflectionError) => void } | undefined;

  private constructor(device: WorkerDevice, child: ChildProcess) {
    this.device = device;
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', (cause: NodeJS.ErrnoException) => {
        this.#lose(cause.code === 'ENOENT' ? this.#withoutTaskset(cause) : this.#end(cause.message, cause));
        // without a process there will be no exit
        if (child.pid === undefined) resolve();
      });
      child.once('exit', (status, signal) => {
        this.#lose(this.#end(signal ?? `status ${status}`));
        resolve();
      });
    });
    child.on('message', (message) => this.#hear(message as FromWorker));
  }

  /** Starts the process and loads the student. Rejects with ReflectionError as loading does, or `worker_lost`. */
  static async start(
    device: WorkerDevice,
    options: StudentOptions,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly worker: StudentWorker; readonly facts: WorkerFacts }> {
    const [kind, index] = device.split(':') as ['cpu' | 'cuda' | 'metal' | 'vulkan', string?];
    const node =
      kind === 'cpu' && index !== undefined ? ['taskset', '-c', await cpusOfNode(Number(index))] : [];
    const [command, ...args] = [...node, process.execPath, PROGRAM];
    const child = spawn(command!, args, {
      // llama.cpp says on standard error what it dies of
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      serialization: 'advanced',
      // Ctrl-C must reach it through the pool alone: else its death would come before the pool's answer to it
      detached: true,
    });
    const worker = new StudentWorker(device, child);
    const giveUp = () => worker.#abandon();
    signal?.addEventListener('abort', giveUp, { once: true });
    try {
      const where = node.length > 0 ? 'cpu' : (device as NonNullable<StudentOptions['device']>);
      const facts = await new Promise<WorkerFacts>((resolve, reject) => {
        worker.#loading = { resolve, reject };
        worker.#send({ kind: 'load', options: { ...options, device: where } });
      });
      worker.#loading = undefined;
      worker.#keepAlive();
      return { worker, facts };
    } catch (error) {
      worker.#abandon();
      await worker.#ended;
      throw error;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Why nothing more comes from it; undefined while it works. */
  get lost(): ReflectionError | undefined {
    return this.#state.kind === 'lost' ? this.#state.error : undefined;
  }

  /** As of the last job it has finished. */
  get stats(): EngineStats {
    return this.#stats;
  }

  async tokenize(texts: readonly string[], options: TokenizeOptions): Promise<NativeTokenLists> {
    const answer = await this.#call((id) => ({ kind: 'tokenize', id, texts, options }));
    if (answer.kind !== 'tokenized') throw this.#confused(answer);
    return answer.lists;
  }

  async score(job: NativeJob, signal?: AbortSignal): Promise<NativeResult> {
    const answer = await this.#call((id) => ({ kind: 'score', id, job }), signal);
    if (answer.kind !== 'scored') throw this.#confused(answer);
    return answer.result;
  }

  /** Ends the process; calls under way reject with `closed`. */
  async close(): Promise<void> {
    if (this.#state.kind === 'open') {
      this.#state = { kind: 'closing' };
      this.#child.ref();
      this.#send({ kind: 'close' });
    }
    await this.#ended;
  }

  #call(request: (id: number) => ToWorker, signal?: AbortSignal): Promise<Answer> {
    const id = this.#nextId++;
    const cancel = () => this.#send({ kind: 'cancel', id });
    signal?.addEventListener('abort', cancel, { once: true });
    return new Promise<Answer>((resolve, reject) => {
      if (this.#state.kind !== 'open') throw this.#over();
      this.#calls.set(id, { resolve, reject });
      this.#keepAlive();
      this.#send(request(id));
    }).finally(() => {
      signal?.removeEventListener('abort', cancel);
      this.#calls.delete(id);
      this.#keepAlive();
    });
  }

  #send(message: ToWorker): void {
    // a channel that fails is a process that ends, which is heard of otherwise
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'scored') this.#stats = message.stats;
    switch (message.kind) {
      case 'loaded':
        this.#loading?.resolve(message.student);
        break;
      case 'refused':
        this.#loading?.reject(fromPlainError(message.error, this.#name));
        break;
      case 'failed':
        this.#calls.get(message.id)?.reject(fromPlainError(message.error, this.#name));
        break;
      case 'scored':
      case 'tokenized':
        this.#calls.get(message.id)?.resolve(message);
        break;
    }
  }

  get #name(): string {
    return `worker on ${this.device}`;
  }

  #end(how: string, cause?: unknown): ReflectionError {
    return new ReflectionError('worker_lost', `the ${this.#name} has ended by itself (${how})`, {
      cause,
      remedy:
        `if memory ran out, use fewer ${named('devices')}, a smaller ${named('batchTokens')} or a smaller student; ` +
        'what is finished can be taken up',
    });
  }

  /** Node itself is always there. */
  #withoutTaskset(cause: unknown): ReflectionError {
    return new ReflectionError('device_unavailable', `the ${this.#name} needs taskset, which is not there`, {
      cause,
      remedy: 'install it (util-linux), or use cpu without a number',
    });
  }

  #lose(error: ReflectionError): void {
    if (this.#state.kind === 'open') this.#state = { kind: 'lost', error };
    this.#loading?.reject(this.#over());
    for (const { reject } of this.#calls.values()) reject(this.#over());
  }

  #over(): ReflectionError {
    return this.lost ?? new ReflectionError('closed', 'the student is closed');
  }

  /** Ends a process that is not to answer any more. */
  #abandon(): void {
    this.#loading?.reject(new ReflectionError('aborted', 'aborted by the caller'));
    this.#state = { kind: 'closing' };
    this.#child.kill('SIGKILL');
  }

  #keepAlive(): void {
    const busy = this.#calls.size > 0;
    for (const handle of [this.#child, this.#child.channel]) {
      if (busy) handle?.ref();
      else handle?.unref();
    }
  }

  #confused({ kind }: Answer): ReflectionError {
    return new ReflectionError('internal', `the ${this.#name} gave the wrong answer: ${kind}`);
  }
}
