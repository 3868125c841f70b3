import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ReflectionError } from '../../errors.js';
import { inPresentSpelling } from '../../teacher/journal/earlier-spelling.js';

/** 2: replies in their present spelling. The tables are those of 1. */
export const STATE_VERSION = 2;

const SCHEMA = `
  CREATE TABLE replies (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    answered INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    cost REAL,
    retries INTEGER NOT NULL,
    reply TEXT NOT NULL
  ) STRICT;
  CREATE TABLE scores (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    score TEXT NOT NULL
  ) STRICT;
  CREATE TABLE progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    rows_done INTEGER NOT NULL,
    bytes_done INTEGER NOT NULL,
    bytes_total INTEGER NOT NULL
  ) STRICT;
`;

/** Rows that a migration holds in memory at a time. */
const ROWS_AT_ONCE = 500;

/**
 * Opens a state for writing, or a new one; one of an earlier version is brought up to date, as a whole or not at all.
 * @throws {ReflectionError} `journal_unreadable` when the file is damaged or of a later version.
 */
export function openDatabase(path: string): Database.Database {
  return opened(path, {}, (database) => {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.transaction(() => {
      const version = versionOf(database);
      if (version === 0) database.exec(SCHEMA);
      if (version === 1) respellReplies(database);
      database.pragma(`user_version = ${STATE_VERSION}`);
    })();
  });
}

/**
 * Opens a state for reading, while another process may be writing it. One of an earlier version stays as it is. Undefined
 * where there is none yet: no file, or one whose process was killed before it had made a state of it.
 * @throws {ReflectionError} as {@link openDatabase} does.
 */
export function openDatabaseToRead(path: string): Database.Database | undefined {
  if (!existsSync(path)) return undefined;
  let hasState = false;
  const database = opened(path, { readonly: true }, (database) => {
    hasState = holdsState(database);
  });
  if (hasState) return database;
  database.close();
  return undefined;
}

/** False of a file whose process was killed before it had made a state of it. @throws {Error} for what is no state. */
function holdsState(database: Database.Database): boolean {
  try {
    if (versionOf(database) > 0) return true;
  } catch (error) {
    // The journal of the very first write is still there; no later one has such a journal.
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_READONLY_ROLLBACK') return false;
    throw error;
  }
  if (database.prepare('SELECT 1 FROM sqlite_schema').get() === undefined) return false;
  throw new Error('it is no state of ours');
}

/** @throws {Error} when this program does not know it. */
export function versionOf(database: Database.Database): number {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > STATE_VERSION) {
    throw new Error(`it is of version ${version}, this program knows ${STATE_VERSION}`);
  }
  return version;
}

export function unreadable(path: string, cause: Error): ReflectionError {
  return new ReflectionError(
    'journal_unreadable',
    `Cannot read the state of a run, ${path}: ${cause.message}.`,
    {
      remedy: 'Check that this is a run directory; if the file is damaged, start anew in another directory.',
      cause,
    },
  );
}

function opened(
  path: string,
  options: Database.Options,
  setUp: (database: Database.Database) => void,
): Database.Database {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, options);
    setUp(database);
    return database;
  } catch (cause) {
    if (database === undefined && isWithoutAddon(cause)) throw withoutAddon(cause);
    database?.close();
    throw unreadable(path, cause as Error);
  }
}

/** Whether better-sqlite3 itself failed, not SQLite at a file or the caller at its arguments. */
function isWithoutAddon(cause: unknown): boolean {
  return !(cause instanceof Database.SqliteError || cause instanceof TypeError);
}

function withoutAddon(cause: unknown): ReflectionError {
  return new ReflectionError(
    'native_unavailable',
    'A run keeps its state in SQLite, and the addon of better-sqlite3 is missing or does not fit this version of Node.',
    {
      remedy:
        'Run `npm rebuild better-sqlite3`, which downloads or compiles it (if npm holds install scripts back, ' +
        '`npm install-scripts approve better-sqlite3` first, or add --ignore-scripts=false).',
      cause,
    },
  );
}

/**
 * From version 1 to 2. Scores are left alone: their keys hold fingerprints that did not tell which arithmetic made them,
 * so nothing finds them any more and they are computed anew.
 */
function respellReplies(database: Database.Database): void {
  interface Row {
    readonly id: number;
    readonly reply: string;
  }
  const next = database.prepare<[number, number], Row>(
    'SELECT id, reply FROM replies WHERE id > ? ORDER BY id LIMIT ?',
  );
  const put = database.prepare<[string, number]>('UPDATE replies SET reply = ? WHERE id = ?');
  for (let after = 0; ; ) {
    const rows = next.all(after, ROWS_AT_ONCE);
    for (const { id, reply } of rows) put.run(JSON.stringify(inPresentSpelling(JSON.parse(reply))), id);
    if (rows.length < ROWS_AT_ONCE) return;
    after = rows.at(-1)!.id;
  }
}
