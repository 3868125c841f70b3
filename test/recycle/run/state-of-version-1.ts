import Database from 'better-sqlite3';

const SCHEMA = `
  CREATE TABLE replies (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, answered INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL, cost REAL, retries INTEGER NOT NULL, reply TEXT NOT NULL
  ) STRICT;
  CREATE TABLE scores (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, score TEXT NOT NULL) STRICT;
  CREATE TABLE progress (
    id INTEGER PRIMARY KEY CHECK (id = 1), rows_done INTEGER NOT NULL, bytes_done INTEGER NOT NULL,
    bytes_total INTEGER NOT NULL
  ) STRICT;
  PRAGMA user_version = 1;
`;

/** A reply as version 1 keeps it: what is a failed reply now was a rejected one, and its format its mode. */
export interface ReplyOfVersion1 {
  readonly kind: 'answered' | 'rejected';
  readonly usage: {
    readonly promptTokens: number;
    readonly completionTokens: number;
    readonly cost: number | null;
  };
  readonly retries: number;
}

/** Writes the state of a run as version 1 of the program did. */
export function writeStateOfVersion1(path: string, replies: ReadonlyMap<string, ReplyOfVersion1>): void {
  const database = new Database(path);
  database.exec(SCHEMA);
  const insert = database.prepare('INSERT INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  let id = 0;
  database.exec('BEGIN');
  for (const [key, reply] of replies) {
    const { kind, usage, retries } = reply;
    const { promptTokens, completionTokens, cost } = usage;
    id += 3;
    const answered = kind === 'answered' ? 1 : 0;
    insert.run(id, key, answered, promptTokens, completionTokens, cost, retries, JSON.stringify(reply));
  }
  database.prepare('INSERT INTO scores (key, score) VALUES (?, ?)').run('k', '{"kind":"unscorable"}');
  database.prepare('INSERT INTO progress VALUES (1, 7, 70, 100)').run();
  database.exec('COMMIT');
  database.close();
}
