import type { Precision } from '../options/choices.js';
import type { ChosenDevice } from './devices.js';
import type { EngineDescription } from './engine-description.js';
import type { EngineStats } from './engine-stats.js';
import type { ModelDescription } from './model-description.js';
import type { Scorer } from './scorer.js';

/** What a loaded student says about itself; plain data, so that it can come from another process. */
export interface StudentFacts {
  /** What the file says about itself. */
  readonly model: ModelDescription;
  /** How the engine runs it. */
  readonly engine: EngineDescription;
  readonly device: ChosenDevice;
  readonly precision: Precision;
  readonly deterministic: boolean;
  readonly startToken: number;
  /** Whether `startToken` is a BOS or, for want of one, the end-of-text token. */
  readonly startTokenKind: 'bos' | 'eos';
}

/** A student that is ready to score, in this process or in others. */
export interface LoadedStudent extends Scorer, StudentFacts, AsyncDisposable {
  /** Counters since the student was loaded. Throws ReflectionError `closed`. */
  stats(): EngineStats;
  /** Frees the student. Calls in flight reject with `closed`; a second close waits for the first. */
  close(): Promise<void>;
}
