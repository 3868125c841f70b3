import { rm } from 'node:fs/promises';
import { linkTarget } from '../util/link-target.js';
import { renameDurably } from '../util/replace-file.js';
import { settleAll } from '../util/settle-all.js';
import { makeWay } from './output-folder.js';

/** What ends a file and lets go of it, whatever happens. */
export interface Closable {
  close(options: { readonly durably: boolean }): Promise<void>;
}

interface PendingFile {
  readonly writer: Closable;
  readonly place: string;
  readonly temporary: string;
}

/** Files that are being written beside their places. */
export class PendingFiles {
  readonly #files: PendingFile[] = [];

  /**
   * Opens the file that is to lie at `path`. Where that is a symbolic link, it stays, and what it leads to is replaced.
   * @param openWriter - Opens what writes to the first path that it is given, and is known by the second.
   */
  async open<Writer extends Closable>(
    path: string,
    openWriter: (path: string, name: string) => Promise<Writer>,
  ): Promise<Writer> {
    const place = await linkTarget(path);
    const temporary = `${place}.tmp`;
    const writer = await openWriter(temporary, path);
    this.#files.push({ writer, place, temporary });
    return writer;
  }

  /** Closes all files, and once all are whole puts them in their places, in the order of their opening. */
  async put(): Promise<void> {
    await settleAll(this.#files.map(({ writer }) => writer.close({ durably: true })));
    for (const { temporary, place } of this.#files) {
      await makeWay(place);
      await renameDurably(temporary, place);
    }
  }

  /** Closes and removes all files. Never rejects: it is what follows a failure that has been told. */
  async discard(): Promise<void> {
    await Promise.allSettled(this.#files.map(({ writer }) => writer.close({ durably: false })));
    await Promise.allSettled(
      this.#files.map(({ temporary }) => rm(temporary, { force: true, recursive: true })),
    );
  }
}

/**
 * Does work that writes files, all of which take their places when it is done, or none.
 * @throws what failed first: the work, or closing one of the files.
 */
export async function writeFiles<Result>(work: (files: PendingFiles) => Promise<Result>): Promise<Result> {
  const files = new PendingFiles();
  try {
    const result = await work(files);
    await files.put();
    return result;
  } catch (error) {
    await files.discard();
    throw error;
  }
}
