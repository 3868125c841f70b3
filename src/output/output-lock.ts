import { randomUUID } from 'node:crypto';
import { open, rm, truncate } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Database, default as Sqlite } from 'better-sqlite3';
import { ReflectionError } from '../errors.js';

/** For those who only look. Whoever writes an output holds its lock for longer. */
const PATIENCE_MS = 250;

/**
 * Keeps two processes from writing the same output. The lock is the operating system's, on a small SQLite file beside
 * the output, so that it ends with its process whatever ends that; the file says who holds it and is removed on release.
 *
 * A holder has a transaction open (`BEGIN IMMEDIATE`), which one process at a time can have and which lets others
 * read. Its name and a token are committed before that, and looked at again afterwards: somebody else may have come
 * between the two, and the file that was opened may have been removed by then. Nothing is ever journalled on disk, since
 * a journal is found by its name and would be taken for that of the file which has the name now.
 */
export class OutputLock {
  readonly #path: string;
  #database: Database | undefined;
  /** False where SQLite's addon is missing: then nothing keeps a second process away. */
  readonly isGuarding: boolean;

  private constructor(path: string, database: Database | undefined) {
    this.#path = path;
    this.#database = database;
    this.isGuarding = database !== undefined;
  }

  /** @throws {ReflectionError} `output_unwritable` when another process holds it or the file system has no locks. */
  static async acquire(path: string): Promise<OutputLock> {
    const sqlite = await SQLITE;
    if (sqlite === undefined) return new OutputLock(path, undefined);
    for (;;) {
      const database = await openLock(sqlite, path);
      try {
        const token = hold(database);
        if (tokenAt(sqlite, path) === token) return new OutputLock(path, database);
        // Its holder released and so removed the file just before we got it.
        database.close();
      } catch (error) {
        const code = codeOf(error);
        const holder = code === 'SQLITE_BUSY' ? holderIn(database) : undefined;
        database.close();
        if (code === 'SQLITE_BUSY') throw lockedBy(holder, path);
        if (code !== 'SQLITE_NOTADB' && code !== 'SQLITE_CORRUPT') throw lockFailure(path, code, error);
        // Not ours, or left half written. Emptied in place: a lock lies on the file itself and outlives its content.
        await truncate(path, 0);
      }
    }
  }

  async release(): Promise<void> {
    const database = this.#database;
    this.#database = undefined;
    if (database === undefined) return;
    // Removed while it is held, so that nobody has it yet. Windows removes no file that is open.
    const isEarly = process.platform !== 'win32';
    if (!isEarly) database.close();
    // A file that stays is a lock that is free.
    await rm(this.#path, { force: true }).catch(() => {});
    if (isEarly) database.close();
  }
}

/** The process that holds a lock, as `<process id> <host>`; undefined when none does. */
export async function lockHolder(path: string): Promise<string | undefined> {
  const sqlite = await SQLITE;
  let database: Database | undefined;
  try {
    database = sqlite && new sqlite(path, { fileMustExist: true, timeout: PATIENCE_MS });
    database?.pragma('journal_mode = MEMORY');
    database?.exec('BEGIN IMMEDIATE');
    return undefined;
  } catch (error) {
    // Who may not write cannot try the lock, and has to believe what it says.
    const isHeld = ['SQLITE_BUSY', 'SQLITE_READONLY'].includes(codeOf(error));
    return isHeld && database !== undefined ? (holderIn(database) ?? 'unknown') : undefined;
  } finally {
    database?.close();
  }
}

/**
 * Takes the lock on an open file.
 * @returns the token that is in the file now.
 * @throws an SqliteError, `SQLITE_BUSY` when another process holds it.
 */
function hold(database: Database): string {
  database.pragma('journal_mode = MEMORY');
  database.pragma('synchronous = OFF');
  // of a new file: two pages are all there is
  database.pragma('page_size = 512');
  const self = `${process.pid} ${hostname()}`;
  const token = randomUUID();
  database.exec('BEGIN IMMEDIATE');
  do {
    database.exec('CREATE TABLE IF NOT EXISTS holder (process TEXT NOT NULL, token TEXT NOT NULL) STRICT');
    database.exec('DELETE FROM holder');
    database.prepare('INSERT INTO holder VALUES (?, ?)').run(self, token);
    database.exec('COMMIT');
    database.exec('BEGIN IMMEDIATE');
  } while (tokenIn(database) !== token);
  return token;
}

/** The token in the file that has this path now. */
function tokenAt(sqlite: typeof Sqlite, path: string): string | undefined {
  let database: Database | undefined;
  try {
    // By a connection of SQLite's: closing the file in any other way would end all locks this process has on it.
    database = new sqlite(path, { fileMustExist: true, readonly: true, timeout: PATIENCE_MS });
    return tokenIn(database);
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

function tokenIn(database: Database): string | undefined {
  return columnIn(database, 'token');
}

function holderIn(database: Database): string | undefined {
  return columnIn(database, 'process');
}

/** Undefined where nothing is written yet, or no more. */
function columnIn(database: Database, name: 'process' | 'token'): string | undefined {
  try {
    return database.prepare(`SELECT ${name} FROM holder`).pluck().get() as string | undefined;
  } catch {
    return undefined;
  }
}

/** better-sqlite3, unless its addon is missing; it is loaded with the first database. */
const SQLITE: Promise<typeof Sqlite | undefined> = import('better-sqlite3')
  .then(({ default: sqlite }) => {
    new sqlite(':memory:').close();
    return sqlite;
  })
  .catch(() => undefined);

/** @throws the system's error where the file can neither be opened nor made. */
async function openLock(sqlite: typeof Sqlite, path: string): Promise<Database> {
  try {
    return new sqlite(path, { timeout: PATIENCE_MS });
  } catch (cause) {
    // SQLite does not say why.
    await (await open(path, 'a')).close();
    throw lockFailure(path, codeOf(cause), cause);
  }
}

function codeOf(error: unknown): string {
  return String((error as { readonly code?: unknown }).code);
}

/** What SQLite's `code` means for whoever wants the lock at `path`. */
export function lockFailure(path: string, code: string, cause?: unknown): ReflectionError {
  const hasLocks = !/^SQLITE_(IOERR_.*(LOCK|BLOCKED)|PROTOCOL|NOLFS)/.test(code);
  const problem = hasLocks ? `it cannot be locked (${code})` : `its file system has no file locks (${code})`;
  return new ReflectionError('output_unwritable', `Cannot write ${path}: ${problem}.`, {
    remedy: hasLocks
      ? 'Check the permissions of the directory and the space on the disk it lies on.'
      : 'Put the output on a local disk, or have the file system mounted with locks.',
    cause,
  });
}

function lockedBy(holder: string | undefined, path: string): ReflectionError {
  const [, pid, host] = /^(\d+) (.+)$/.exec(holder ?? '') ?? [];
  const who = pid === undefined ? 'Another process' : `Process ${pid} on ${host}`;
  return new ReflectionError('output_unwritable', `${who} is writing this output.`, {
    remedy: `Wait for it, stop it or choose another output; it holds ${path}, which is free once it ends.`,
  });
}
