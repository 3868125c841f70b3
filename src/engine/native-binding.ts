/**
 * The one door to the addon: its whole surface as types, and the function that loads it. Nothing else in the
 * program requires a `.node` file. Only folder `engine/` imports this.
 */
import { chooseAddon, loadAddon } from '../../scripts/native-addon.mjs';
import { ReflectionError } from '../errors.js';
import type { ContextDescription } from './engine-description.js';
import type { EngineStats } from './engine-stats.js';
import type { HeadChoice } from './head.js';
import type { ModelDescription } from './model-description.js';

export interface NativeAddon {
  init(options: { verbose: boolean }): void;
  /** Loads the CPU variant (and on a Mac Metal) in `directory` that fits this machine best. */
  loadBestBackend(directory: string): void;
  /** Loads one plugin; returns the empty string, or why it did not load. */
  loadBackendFile(path: string): string;
  /** Loads a shared library for all that is loaded after it; returns the empty string, or why it did not load. */
  openLibrary(library: string): string;
  /** Of the CUDA device with this number, e.g. `9.0`; the empty string where it is not known. */
  cudaComputeCapability(index: number): string;
  devices(): NativeDevice[];
  /** `kernels`: which of our own this machine can run; "" for none. */
  versions(): { llama: string; systemInfo: string; kernels: string };
  loadModel(options: NativeModelOptions): Promise<NativeModel>;
  /** Stops every session that this thread opened and waits for it. For the end of the process only. */
  stopSessions(): void;
}

export interface NativeDevice {
  readonly name: string;
  readonly description: string;
  /** ggml's name of the back end: "CPU", "CUDA", "Vulkan", "Metal". */
  readonly backend: string;
  readonly gpu: boolean;
  readonly memoryTotal: number;
  readonly memoryFree: number;
}

export interface NativeModelOptions {
  readonly path: string;
  /** A device's name; "" keeps everything on the CPU. */
  readonly device: string;
  /** Layers on the device, -1 for all. */
  readonly gpuLayers: number;
  /** Convert all weights to F32 while loading. */
  readonly widen: boolean;
  /** Multiply with our own kernels, where there are any for this machine; on a CPU only. */
  readonly kernels: boolean;
  /** Read vocabulary and shapes but no weights. */
  readonly metadataOnly: boolean;
}

export interface NativeTokenizeOptions {
  readonly addSpecial: boolean;
  readonly parseSpecial: boolean;
  readonly threads: number;
}

export interface NativeTokenLists {
  readonly tokens: Int32Array;
  /** [texts + 1] */
  readonly offsets: Uint32Array;
}

/** A file's description without what is derived from it; its warnings are the lines of llama.cpp’s log. */
export interface NativeModelDescription
  extends Omit<ModelDescription, 'textNormalization' | 'ignoredWindow'> {
  /** Tokens of the sliding window that the file's metadata states; 0 when none. */
  readonly statedWindow: number;
  /** Of rotary positions; 0 when the file does not state it. */
  readonly ropeBase: number;
}

export interface NativeModel {
  describe(): NativeModelDescription;
  tokenize(texts: readonly string[], options: NativeTokenizeOptions): Promise<NativeTokenLists>;
  openSession(options: NativeSessionOptions): Promise<NativeSession>;
  close(): void;
}

export interface NativeSessionOptions {
  readonly threads: number;
  readonly batchTokens: number;
  readonly maxLength: number;
  readonly precise: boolean;
  readonly sharePrefixes: boolean;
  /** Decode every sequence by itself; see {@link StudentOptions.deterministic}. */
  readonly deterministic: boolean;
  /** See {@link StudentOptions.independentCalls}. */
  readonly independentCalls: boolean;
  readonly head: HeadChoice;
}

export interface NativeJob {
  readonly tokens: Int32Array;
  readonly offsets: Uint32Array;
  readonly spanBegin: Uint32Array;
  readonly spanEnd: Uint32Array;
  readonly perToken: boolean;
}

export interface NativeResult {
  readonly sumLogprob: Float64Array;
  readonly tokenCount: Uint32Array;
  readonly logprobs: Float32Array;
}

export interface NativeSession {
  describe(): ContextDescription;
  stats(): EngineStats;
  score(id: number, job: NativeJob): Promise<NativeResult>;
  cancel(id: number): void;
  close(): Promise<void>;
}

interface Loaded {
  readonly file: string;
  readonly addon: NativeAddon;
}

let loaded: Loaded | undefined;

/** The addon, loaded on first use. Throws ReflectionError `native_unavailable`. */
export function nativeAddon(): NativeAddon {
  loaded ??= load();
  return loaded.addon;
}

/** The file that {@link nativeAddon} comes from. Throws as it does. */
export function addonFile(): string {
  nativeAddon();
  return loaded!.file;
}

function load(): Loaded {
  const { file, reasons } = chooseAddon();
  if (file === undefined) {
    throw new ReflectionError(
      'native_unavailable',
      `there is no native engine for this installation: ${reasons.join('; ')}`,
      { remedy: HOW_TO_BUILD },
    );
  }
  let addon: NativeAddon;
  try {
    addon = loadAddon(file) as NativeAddon;
  } catch (cause) {
    throw new ReflectionError(
      'native_unavailable',
      `the native engine could not be loaded from ${file}: ${firstLine(cause)}`,
      { cause, remedy: HOW_TO_BUILD },
    );
  }
  addon.init({ verbose: process.env.REFLECTION_TUNING_NATIVE_LOG === '1' });
  // the process's end destroys llama.cpp's static data, which no thread may be computing with by then
  process.once('exit', addon.stopSessions);
  return { file, addon };
}

/** In a project that has the package installed, or in the package's own source tree. */
const HOW_TO_BUILD = import.meta.url.includes('/node_modules/')
  ? 'where CMake, git and a C++17 compiler are installed, run `npm rebuild reflection-tuning` ' +
    '(if npm holds install scripts back, `npm install-scripts approve reflection-tuning` first, or add ' +
    '--ignore-scripts=false); elsewhere install a package that was packed after `npm run prebuild` on a machine like this'
  : 'run `npm run build:native`, which needs CMake, git and a C++17 compiler';

/** Node lists its whole require stack below it. */
function firstLine(error: unknown): string {
  return String((error as Error).message).split('\n', 1)[0]!;
}
