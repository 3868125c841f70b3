import { rm } from 'node:fs/promises';
import type { Row } from '../dataset/row.js';
import { type JsonObject, parseJsonIfValid } from '../util/json-value.js';
import { renameDurably, replaceFile } from '../util/replace-file.js';
import { type ExistingOutput, removeUnfinished, takeUpEarlierWork } from './earlier-work.js';
import type { Fingerprint } from './fingerprint.js';
import type { FinishedLines } from './finished-lines.js';
import { LineWriter } from './line-writer.js';
import { outputError } from './output-error.js';
import { OutputLock } from './output-lock.js';
import { type OutputPaths, outputPaths } from './output-paths.js';
import { ownFields } from './own-fields.js';
import { ROW_KEY, rowKey } from './row-key.js';

export interface ScoreFileOptions {
  readonly path: string;
  readonly fingerprint: Fingerprint;
  readonly existing: ExistingOutput;
}

/** With nothing left to do when the output is there, finished, and was made with the same parameters. */
export type OpenedScoreFile =
  | { readonly alreadyComplete: false; readonly file: ScoreFile }
  | { readonly alreadyComplete: true; readonly meta: JsonObject };

/** What an open score file consists of. */
interface Parts {
  readonly paths: OutputPaths;
  readonly fingerprint: Fingerprint;
  readonly lock: OutputLock;
  /** Lines of earlier attempts, when there were any. */
  readonly earlier: FinishedLines | undefined;
  readonly lines: LineWriter;
}

/**
 * An output that is either whole or absent. Lines go to `<path>.partial`; only {@link finish} gives the file its
 * name. Whatever ends the process before that, the lines are kept, and an attempt that resumes finds them by
 * {@link lookup}, wherever their rows stand in the dataset by then.
 */
export class ScoreFile implements AsyncDisposable {
  readonly #parts: Parts;
  #isOpen = true;
  #hasLines = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * @throws {ReflectionError} `output_unwritable` when the path cannot be written, another process is writing it
   * or `existing` forbids to go on; `resume_mismatch` when earlier work was done with other parameters.
   */
  static async open({ path, fingerprint, existing }: ScoreFileOptions): Promise<OpenedScoreFile> {
    const paths = outputPaths(path);
    let lock: OutputLock | undefined;
    let earlier: FinishedLines | undefined;
    try {
      lock = await OutputLock.acquire(paths.lock);
      const work = await takeUpEarlierWork(paths, fingerprint, existing);
      if (work.kind === 'complete') {
        await lock.release();
        return { alreadyComplete: true, meta: work.meta };
      }
      if (work.kind === 'unfinished') earlier = work.lines;
      await replaceFile(paths.partialMeta, spellMeta({ fingerprint }));
      const lines = await LineWriter.create(paths.partial);
      return { alreadyComplete: false, file: new ScoreFile({ paths, fingerprint, lock, earlier, lines }) };
    } catch (cause) {
      await earlier?.close();
      await lock?.release();
      throw outputError(path, cause);
    }
  }

  /** Rows that earlier attempts have finished; 0 unless resuming. */
  get finishedRows(): number {
    return this.#parts.earlier?.count ?? 0;
  }

  /**
   * The finished line of a row with exactly this text, if an earlier attempt got that far. A bad row has none:
   * its line names its place in the dataset, which may have changed, and costs nothing to write again.
   */
  async lookup(row: Row): Promise<string | undefined> {
    const { earlier } = this.#parts;
    if (earlier === undefined || row.kind === 'bad') return undefined;
    const key = rowKey(row.text);
    const line = await this.#guard(() => earlier.find(key));
    if (!line?.startsWith(`${ownFields(row)}"${ROW_KEY}":"${key}",`)) return undefined;
    // A power failure may have damaged it.
    return parseJsonIfValid(line) === undefined ? undefined : line;
  }

  /**
   * Adds a line, in the order of the calls. It is in the file after at most a second; waiting for the promise
   * keeps the lines in memory few.
   * @throws {ReflectionError} `output_unwritable` when this or an earlier line could not be written.
   */
  async append(line: string): Promise<void> {
    this.#hasLines = true;
    await this.#guard(() => this.#parts.lines.append(line));
  }

  /**
   * Puts the output in its place, all lines on disk, and beside it `<name>.meta.json` with `meta` and the
   * fingerprint. Nothing else of it remains.
   */
  async finish(meta: object): Promise<void> {
    const { paths, fingerprint, lock, lines, earlier } = this.#parts;
    await this.#guard(async () => {
      await lines.close({ durably: true });
      await replaceFile(paths.meta, spellMeta({ ...meta, fingerprint }));
      await earlier?.close();
      // While the partial lies there the output counts as unfinished, so the rename has to come last.
      await rm(paths.previous, { force: true });
      await renameDurably(paths.partial, paths.output);
      await removeUnfinished(paths);
      await lock.release();
    });
    this.#isOpen = false;
  }

  /**
   * Closes without finishing: the lines so far stay for a later attempt; where there are none, nothing stays. Does
   * nothing after {@link finish}.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { paths, lock, lines, earlier } = this.#parts;
    // Lines that cannot be written any more are scored again; append() has told of the failure.
    await lines.close({ durably: false }).catch(() => {});
    await earlier?.close();
    if (!this.#hasLines && earlier === undefined) await removeUnfinished(paths);
    await lock.release();
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      throw outputError(this.#parts.paths.output, cause);
    }
  }
}

function spellMeta(meta: object): string {
  return `${JSON.stringify(meta, null, 2)}\n`;
}
