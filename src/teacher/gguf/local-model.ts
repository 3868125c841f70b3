import { availableParallelism } from 'node:os';
import type { ChatWrapper, Llama, LlamaContext, LlamaModel } from 'node-llama-cpp';
import { ReflectionError } from '../../errors.js';
import { loadAndHash } from '../../gguf/load-and-hash.js';
import type { DeviceChoice } from '../../options/device-name.js';
import { named } from '../../options/option-name.js';
import { checkGgufHeader } from './check-gguf-header.js';

export interface LocalModelOptions {
  /** Path of the GGUF file; the first one of a split model. */
  readonly modelPath: string;
  /** Where to compute. Default `auto`: the best device there is. */
  readonly device?: DeviceChoice | undefined;
  /** Default: as many as the machine runs at once. More than that make it many times slower. */
  readonly threads?: number | undefined;
  /**
   * Replies written at a time, in one batch. Default 4. What else is in the batch changes rounding, and so, now and
   * then, a word: only with 1 does the same request always get the same reply.
   */
  readonly sequences?: number | undefined;
  /** Tokens of one request and its reply. Default: what the model was trained on, at most 8192. */
  readonly contextSize?: number | undefined;
}

/** A model ready to write. */
export interface LocalModel extends AsyncDisposable {
  readonly model: LlamaModel;
  readonly context: LlamaContext;
  /** Puts messages into the form the model was trained on. */
  readonly chatWrapper: ChatWrapper;
  readonly createGrammar: Llama['createGrammarForJsonSchema'];
}

/** A model and the first 16 hexadecimal digits of its hash, all files of a split model included. */
export interface NamedModel {
  readonly model: LocalModel;
  readonly hash: string;
}

const DEFAULT_CONTEXT = 8192;

/**
 * Loads a model with the libraries that came with the package: nothing is downloaded, nothing compiled.
 * @throws {ReflectionError} `model_unloadable`, `device_unavailable`, `native_unavailable`, `out_of_memory`.
 */
export async function loadLocalModel(options: LocalModelOptions): Promise<NamedModel> {
  const { modelPath } = options;
  try {
    await checkGgufHeader(modelPath);
  } catch (cause) {
    throw unloadable(modelPath, cause);
  }
  const { model, hash } = await loadAndHash(modelPath, () => load(options));
  return { model, hash: hash.slice(0, 16) };
}

async function load(options: LocalModelOptions): Promise<LocalModel> {
  const { modelPath, device = 'auto', threads = availableParallelism(), sequences = 4 } = options;
  // Loaded on demand: users of other teachers need not wait for it.
  const binding = await import('node-llama-cpp');
  const loaded: Llama[] = [];
  try {
    const llama = await binding.getLlama({
      gpu: device === 'cpu' ? false : device,
      build: 'never',
      skipDownload: true,
      progressLogs: false,
      logLevel: binding.LlamaLogLevel.disabled,
      maxThreads: threads,
    });
    loaded.push(llama);
    const model = await llama.loadModel({ modelPath });
    const context = await model.createContext({
      sequences,
      threads,
      contextSize: options.contextSize ?? {
        max: Math.min(model.trainContextSize ?? DEFAULT_CONTEXT, DEFAULT_CONTEXT),
      },
    });
    return {
      model,
      context,
      chatWrapper: binding.resolveChatWrapper(model, { warningLogs: false }),
      createGrammar: (schema) => llama.createGrammarForJsonSchema(schema),
      [Symbol.asyncDispose]: () => llama.dispose(),
    };
  } catch (cause) {
    for (const llama of loaded) await llama.dispose();
    if (cause instanceof binding.NoBinaryFoundError) throw unavailable(device, cause);
    if (cause instanceof binding.InsufficientMemoryError) throw outOfMemory(modelPath, sequences, cause);
    throw unloadable(modelPath, cause);
  }
}

function unloadable(path: string, cause: unknown): ReflectionError {
  const because = cause instanceof Error ? cause.message : String(cause);
  return new ReflectionError('model_unloadable', `Cannot load the teacher ${path}: ${because}`, {
    remedy: 'Check that the path is that of a complete GGUF file of a language model.',
    cause,
  });
}

function unavailable(device: DeviceChoice, cause: unknown): ReflectionError {
  return device === 'auto' || device === 'cpu'
    ? new ReflectionError('native_unavailable', 'node-llama-cpp has no library that runs on this machine.', {
        remedy: 'Install the package again with its optional dependencies.',
        cause,
      })
    : new ReflectionError('device_unavailable', `The teacher cannot use ${device} on this machine.`, {
        remedy: 'Choose another device, or `auto`.',
        cause,
      });
}

function outOfMemory(path: string, sequences: number, cause: unknown): ReflectionError {
  return new ReflectionError(
    'out_of_memory',
    `The teacher ${path} does not fit into memory with ${sequences} replies at a time: ${(cause as Error).message}`,
    {
      remedy:
        `Use fewer replies at a time (${named('concurrency')}), a smaller context (${named('teacherContext')}), ` +
        'a smaller model, or another device.',
      cause,
    },
  );
}
