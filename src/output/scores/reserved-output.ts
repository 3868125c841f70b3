import type { Fingerprint } from '../../domain/fingerprint.js';
import { linkTarget } from '../../util/link-target.js';
import { outputError } from '../../util/output-error.js';
import { OutputLock } from '../output-lock.js';
import { requireMatch } from './earlier-meta.js';
import { type EarlierWork, type ExistingOutput, findEarlierWork } from './earlier-work.js';
import { type OutputPaths, outputPaths } from './output-paths.js';

export interface ReservationOptions {
  readonly path: string;
  readonly existing: ExistingOutput;
  /** The part of the fingerprint that is known by now; earlier work that differs in it is refused at once. */
  readonly known?: Fingerprint;
}

/**
 * An output that no other process can write, and that this one may: all that can be told before it is known what
 * exactly the lines will depend on. Nothing that lies there is touched.
 */
export class ReservedOutput implements AsyncDisposable {
  /** As the user named it. A symbolic link stands for the file it leads to, beside which all others lie. */
  readonly name: string;
  readonly paths: OutputPaths;
  readonly earlier: EarlierWork;
  readonly #lock: OutputLock;

  private constructor(name: string, paths: OutputPaths, earlier: EarlierWork, lock: OutputLock) {
    this.name = name;
    this.paths = paths;
    this.earlier = earlier;
    this.#lock = lock;
  }

  /**
   * @throws {ReflectionError} `output_unwritable` when the path cannot be written, another process is writing it
   * or `existing` forbids to go on; `resume_mismatch` when earlier work was done with other parameters.
   */
  static async reserve({ path, existing, known = {} }: ReservationOptions): Promise<ReservedOutput> {
    let lock: OutputLock | undefined;
    try {
      const paths = outputPaths(await linkTarget(path));
      lock = await OutputLock.acquire(paths.lock);
      const earlier = await findEarlierWork(paths, existing);
      if (earlier.kind !== 'none') {
        const { fingerprint } = earlier.meta;
        const comparable = Object.entries(fingerprint).filter(([name]) => Object.hasOwn(known, name));
        requireMatch({ ...earlier.meta, fingerprint: Object.fromEntries(comparable) }, known, true);
      }
      return new ReservedOutput(path, paths, earlier, lock);
    } catch (cause) {
      await lock?.release();
      throw outputError(path, cause);
    }
  }

  /** Whether another process is really kept away, see {@link OutputLock.isGuarding}. */
  get isGuarded(): boolean {
    return this.#lock.isGuarding;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#lock.release();
  }
}
