import { ReflectionError } from '../errors.js';
import type { Precision } from '../options/choices.js';
import { named } from '../options/option-name.js';
import { throwIfAborted } from '../util/throw-if-aborted.js';
import { checkGgufFiles, checkModelFile } from './check-model-file.js';
import { describeModel } from './describe-model.js';
import { roomOn } from './device-memory.js';
import { type ChosenDevice, chooseDevice } from './devices.js';
import type { EngineStats } from './engine-stats.js';
import { deviceFor } from './fidelity.js';
import type { LoadedStudent, StudentFacts } from './loaded-student.js';
import {
  type NativeJob,
  type NativeModel,
  type NativeResult,
  type NativeTokenLists,
  nativeAddon,
} from './native-binding.js';
import { fromNative } from './native-error.js';
import type { ScoreOptions, SpanOutcome, SpanRequest, TokenizeOptions } from './scorer.js';
import { SessionPool } from './session-pool.js';
import { startOf } from './start-token.js';
import {
  type CompleteStudentOptions,
  completeStudentOptions,
  contextsOnCpu,
  type StudentOptions,
} from './student-options.js';
import { normalizeTexts } from './text-normalization.js';
import { flattenRequests, splitResult, splitTokenLists } from './token-job.js';

/**
 * A causal language model that says how probable given tokens are. Any number may be open at once; one student may
 * be used from many calls at a time, which then share its batches.
 *
 * ```ts
 * await using student = await Student.load({ model: 'models/tiny-instruct-5m-f16.gguf' });
 * const [ids] = await student.tokenize(['Hello there.']);
 * const tokens = Int32Array.of(student.startToken, ...ids!);
 * const [outcome] = await student.score([{ tokens, begin: 1, end: tokens.length }]);
 * ```
 */
export class Student implements LoadedStudent {
  readonly #model: NativeModel;
  readonly #sessions: SessionPool;
  readonly #threads: number;
  #closing: Promise<void> | undefined;

  readonly model: StudentFacts['model'];
  readonly engine: StudentFacts['engine'];
  readonly device: ChosenDevice;
  readonly precision: Precision;
  readonly deterministic: boolean;
  readonly startToken: number;
  readonly startTokenKind: StudentFacts['startTokenKind'];

  private constructor(parts: {
    model: NativeModel;
    sessions: SessionPool;
    threads: number;
    device: ChosenDevice;
    precision: Precision;
    deterministic: boolean;
    start: { token: number; kind: 'bos' | 'eos' };
  }) {
    this.#model = parts.model;
    this.#sessions = parts.sessions;
    this.#threads = parts.threads;
    this.engine = { ...parts.sessions.describe(), threads: parts.threads, contexts: parts.sessions.size };
    this.model = describeModel(parts.model.describe(), this.engine.maxLength);
    this.device = parts.device;
    this.precision = parts.precision;
    this.deterministic = parts.deterministic;
    this.startToken = parts.start.token;
    this.startTokenKind = parts.start.kind;
  }

  /**
   * Loads a student. Rejects with ReflectionError `model_unloadable`, `device_unavailable`, `out_of_memory`,
   * `native_unavailable`, `invalid_option` or `aborted`.
   */
  static async load(given: StudentOptions): Promise<Student> {
    const options = completeStudentOptions(given);
    const { threads, precision, deterministic, signal } = options;
    const device = chooseDevice(deviceFor(options.device, options));
    if (options.checkFile) await checkModelFile(options.model, signal);
    else await checkGgufFiles(options.model, signal);

    const model = await loadModel(options, device);
    try {
      throwIfAborted(signal);
      const start = startOf(model.describe(), options.model);
      const onGpu = device.kind !== 'cpu' && options.gpuLayers !== 0;
      const batchTokens = options.batchTokens ?? (onGpu ? 2048 : 512);
      const contexts =
        options.contexts ?? (onGpu ? 1 : contextsOnCpu(model.describe(), options, batchTokens));
      const settings = { ...options, batchTokens, precise: precision === 'precise' };
      const sessions = await SessionPool.open(model, settings, contexts).catch(async (error: unknown) => {
        const room = await roomOn(device, options.model);
        throw fromNative(error, `${options.model}: the engine could not be set up${room}`, {
          out_of_memory: `use a smaller ${named('batchTokens')} or ${named('maxLength')}, or a smaller student`,
          invalid_option: 'leave the choice of the head to `auto`',
        });
      });
      return new Student({ model, sessions, threads, device, precision, deterministic, start });
    } catch (error) {
      model.close();
      throw error;
    }
  }

  get maxLength(): number {
    return this.engine.maxLength;
  }

  get batchTokens(): number {
    return this.engine.batchTokens;
  }

  get parallelism(): number {
    return this.#sessions.size;
  }

  async tokenize(texts: readonly string[], options: TokenizeOptions = {}): Promise<readonly Int32Array[]> {
    return splitTokenLists(await this.tokenizeFlat(texts, options));
  }

  async score(requests: readonly SpanRequest[], options: ScoreOptions = {}): Promise<readonly SpanOutcome[]> {
    this.#requireOpen();
    throwIfAborted(options.signal);
    if (requests.length === 0) return [];
    const job = flattenRequests(requests, options.perToken ?? false);
    return splitResult(await this.scoreFlat(job, options.signal));
  }

  /** {@link tokenize} in the addon's own shape, for passing on. @internal */
  async tokenizeFlat(texts: readonly string[], options: TokenizeOptions): Promise<NativeTokenLists> {
    this.#requireOpen();
    return this.#model
      .tokenize(normalizeTexts(texts, this.model.textNormalization), {
        addSpecial: options.addSpecial ?? false,
        parseSpecial: options.parseSpecial ?? false,
        threads: this.#threads,
      })
      .catch((error: unknown) => {
        throw fromNative(error, 'tokenizing failed');
      });
  }

  /** {@link score} in the addon's own shape, for passing on. @internal */
  async scoreFlat(job: NativeJob, signal?: AbortSignal): Promise<NativeResult> {
    this.#requireOpen();
    try {
      return await this.#sessions.score(job, signal);
    } catch (error) {
      throw fromNative(error, 'scoring failed', {
        out_of_memory: `use a smaller ${named('batchTokens')}`,
      });
    }
  }

  stats(): EngineStats {
    this.#requireOpen();
    return this.#sessions.stats();
  }

  close(): Promise<void> {
    this.#closing ??= this.#sessions.close().then(() => this.#model.close());
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #requireOpen(): void {
    if (this.#closing) throw new ReflectionError('closed', 'the student is closed');
  }
}

async function loadModel(options: CompleteStudentOptions, device: ChosenDevice): Promise<NativeModel> {
  try {
    return await nativeAddon().loadModel({
      path: options.model,
      device: device.kind === 'cpu' ? '' : device.name,
      gpuLayers: options.gpuLayers ?? -1,
      widen: options.precision === 'precise',
      kernels: options.kernels === 'auto',
      metadataOnly: false,
    });
  } catch (error) {
    throw fromNative(error, `${options.model}${await roomOn(device, options.model)}`, {
      model_unloadable:
        'a student is a causal language model in GGUF format; download or convert the file again',
      out_of_memory: `use a smaller or quantized student, ${named('precision')} fast, or fewer ${named('gpuLayers')}`,
      device_unavailable: 'run `reflection-tuning doctor` to see what is there',
    });
  }
}
