import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Content, RowOf } from '../../dataset/row.js';
import type { Fingerprint } from '../../domain/fingerprint.js';
import { type JsonObject, parseJsonIfValid } from '../../util/json-value.js';
import { outputError } from '../../util/output-error.js';
import { renameDurably, replaceFile } from '../../util/replace-file.js';
import { LineWriter } from '../line-writer.js';
import { makeWay } from '../output-folder.js';
import { packRows } from '../pack/pack-rows.js';
import { isPlainLines, rowFormatOf } from '../row-format.js';
import { ROW_KEY, rowKey } from '../row-key.js';
import type { RowOrigin } from '../row-origin.js';
import { spellOwnFields } from '../spell-row.js';
import { type EarlierMeta, requireMatch } from './earlier-meta.js';
import { gatherLines, removeUnfinished } from './earlier-work.js';
import type { FinishedLines } from './finished-lines.js';
import type { ReservedOutput } from './reserved-output.js';
import { REJECTED_SCORE, type ScoreKind, scoreNames } from './score-fields.js';
import type { OpenedScoreOutput, ScoreOutput, ScoreOutputOptions } from './score-output.js';

const SAMPLE: ScoreKind = { isChat: false, isPreference: false };

/** What an open score file consists of. */
interface Parts {
  readonly reserved: ReservedOutput;
  /** What is told of the lines in the meta files. */
  readonly origin: {
    readonly fingerprint: Fingerprint;
    readonly earlier_fingerprints?: readonly Fingerprint[];
  };
  /** Lines of earlier attempts, when there were any. */
  readonly earlier: FinishedLines | undefined;
  readonly lines: LineWriter;
  /** Where the rows come from. */
  readonly rowsFrom: RowOrigin | undefined;
}

/**
 * An output that is either whole or absent. Lines go to `<path>.partial`; only {@link finish} gives the file its
 * name. Whatever ends the process before that, the lines are kept, and an attempt that resumes finds them by
 * {@link lookup}, wherever their rows stand in the dataset by then. They are plain lines until the end, whatever format
 * the output's name asks for.
 */
export class ScoreFile implements ScoreOutput {
  readonly #parts: Parts;
  #isOpen = true;
  #hasLines = false;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Begins to write a reserved output, which ends with the file. Where it is complete already nothing is changed.
   * @throws {ReflectionError} `output_unwritable`; `resume_mismatch` when earlier work was done with other parameters,
   * or in another way and changes are not accepted. The reservation stays.
   */
  static async open(
    reserved: ReservedOutput,
    { fingerprint, acceptChanges = false, origin: rowsFrom }: ScoreOutputOptions,
  ): Promise<OpenedScoreOutput> {
    const { name, paths, earlier: work } = reserved;
    if (work.kind !== 'none') requireMatch(work.meta, fingerprint, acceptChanges);
    let earlier: FinishedLines | undefined;
    try {
      if (work.kind === 'unfinished') earlier = await gatherLines(paths);
      else await removeUnfinished(paths);
      if (work.kind === 'complete') return { alreadyComplete: true, meta: work.meta.meta };
      const origin = originOf(fingerprint, work.kind === 'unfinished' ? work.meta : undefined);
      await replaceFile(paths.partialMeta, spellMeta(origin));
      const lines = await LineWriter.create(paths.partial, name);
      return {
        alreadyComplete: false,
        output: new ScoreFile({ reserved, origin, earlier, lines, rowsFrom }),
      };
    } catch (cause) {
      await earlier?.close().catch(() => {});
      throw outputError(name, cause);
    }
  }

  get notes(): readonly string[] {
    const { isGuarded, name } = this.#parts.reserved;
    return isGuarded ? [] : [`better-sqlite3 is not built, so nothing keeps a second process from ${name}`];
  }

  get finishedRows(): number {
    return this.#parts.earlier?.count ?? 0;
  }

  /**
   * The finished line of a row with exactly this text, if an earlier attempt got that far. A bad row has none:
   * its line names its place in the dataset, which may have changed, and costs nothing to write again.
   */
  async lookup(row: RowOf<Content>, kind: ScoreKind = SAMPLE): Promise<string | undefined> {
    const { earlier } = this.#parts;
    if (earlier === undefined || row.kind === 'bad') return undefined;
    const key = rowKey(row);
    const line = await this.#guard(() => earlier.find(key));
    if (!line?.startsWith(`${spellOwnFields(row, scoreNames(kind))}"${ROW_KEY}":"${key}",`)) return undefined;
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
    const { reserved, origin, lines, earlier, rowsFrom } = this.#parts;
    const { paths } = reserved;
    await this.#guard(async () => {
      await lines.close({ durably: true });
      const format = rowFormatOf(reserved.name, rowsFrom?.format);
      const isPlain = isPlainLines(format);
      await rm(paths.packed, { force: true, recursive: true });
      if (!isPlain)
        await packRows(paths.packed, format, { ...PACKED, lines: paths.partial, origin: rowsFrom });
      await replaceFile(paths.meta, spellMeta({ ...meta, ...origin }));
      await earlier?.close();
      // While the partial lies there the output counts as unfinished, so the rename has to come last.
      await rm(paths.previous, { force: true });
      if (format.isFolder) await makeWay(paths.output);
      await renameDurably(isPlain ? paths.partial : paths.packed, paths.output);
      await removeUnfinished(paths);
      await reserved[Symbol.asyncDispose]();
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
    const { reserved, lines, earlier } = this.#parts;
    // Lines that cannot be written any more are scored again; append() has told of the failure.
    await lines.close({ durably: false }).catch(() => {});
    await earlier?.close().catch(() => {});
    try {
      if (!this.#hasLines && earlier === undefined) await removeUnfinished(reserved.paths);
    } finally {
      await reserved[Symbol.asyncDispose]();
    }
  }

  async #guard<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      throw outputError(this.#parts.reserved.name, cause);
    }
  }
}

const PACKED = {
  read: (line: string, index: number) => ({ index, fields: fieldsBehind(line) }),
  names: (fields: readonly string[]) =>
    scoreNames({ isChat: fields.includes('turns'), isPreference: fields.includes(REJECTED_SCORE) }),
} as const;

/** Our fields are the last of a line, and `row_key` is the first of them. */
function fieldsBehind(line: string): JsonObject {
  const members = Object.entries(JSON.parse(line) as JsonObject);
  return Object.fromEntries(members.slice(members.findIndex(([name]) => name === ROW_KEY)));
}

/** Every way in which the lines were computed, without repetition. */
function originOf(fingerprint: Fingerprint, earlier: EarlierMeta | undefined): Parts['origin'] {
  const all = earlier === undefined ? [] : [...earlier.earlierFingerprints, earlier.fingerprint];
  const different = all.filter(
    (one, i) => ![...all.slice(0, i), fingerprint].some((other) => isDeepStrictEqual(one, other)),
  );
  return { fingerprint, ...(different.length > 0 && { earlier_fingerprints: different }) };
}

function spellMeta(meta: object): string {
  return `${JSON.stringify(meta, null, 2)}\n`;
}
