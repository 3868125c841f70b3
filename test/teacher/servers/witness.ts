import { expect } from 'vitest';
import { ReflectionError } from '../../../src/errors.js';
import type { TeacherNotice } from '../../../src/teacher/notice.js';
import type { TeacherReply } from '../../../src/teacher/teacher.js';
import type { CaseEnd } from './server-case.js';

/** What a user gets to see of a server, and what it took. */
export class Witness {
  readonly notices: TeacherNotice[] = [];
  readonly replies: TeacherReply[] = [];
  error: ReflectionError | undefined;
  /** Requests put before the first word of anything being wrong. */
  requestsBeforeWord: number | undefined;
  readonly #requests: () => number;

  /** @param requests - How many were put so far. */
  constructor(requests: () => number) {
    this.#requests = requests;
  }

  readonly onNotice = (notice: TeacherNotice): void => {
    this.notices.push(notice);
    this.#read();
  };

  reply(reply: TeacherReply): void {
    this.replies.push(reply);
    if (reply.kind === 'failed') this.#read();
  }

  stopped(error: unknown): void {
    if (!(error instanceof ReflectionError)) throw error;
    this.error = error;
    this.#read();
  }

  /** All that there was to read. */
  get words(): string {
    const notices = this.notices.map((notice) =>
      'change' in notice ? `${notice.change}. ${notice.detail}` : notice.detail,
    );
    const failures = this.replies.flatMap((reply) => (reply.kind === 'failed' ? [reply.detail] : []));
    return [...notices, ...failures, this.error?.message ?? ''].join('\n');
  }

  expectEnd(end: CaseEnd, lastBody: () => object): void {
    const last = this.replies.at(-1);
    switch (end.kind) {
      case 'answers':
        expect(this.error, this.words).toBeUndefined();
        for (const reply of this.replies) expect(reply).toMatchObject({ kind: 'answered', ...end.reply });
        expect(lastBody()).toMatchObject(end.sent ?? {});
        for (const name of end.unsent ?? []) expect(lastBody()).not.toHaveProperty(name);
        expect(this.#requests(), this.words).toBe(end.requests ?? 3);
        // A server that needs nothing out of the ordinary is nothing to talk about.
        if (end.told === undefined) {
          expect(this.words).toBe('');
          return;
        }
        expect(this.words).toMatch(end.told);
        break;
      case 'fails':
        expect(this.error, this.words).toBeUndefined();
        expect(last).toMatchObject({ kind: 'failed', reason: end.reason });
        expect(last).toMatchObject({ detail: expect.stringMatching(end.words) });
        break;
      case 'stops':
        expect(this.error, `${this.words}${JSON.stringify(last)}`).toMatchObject({
          code: end.code,
          message: expect.stringMatching(end.words),
          remedy: expect.stringMatching(end.remedy),
        });
    }
    expect(this.requestsBeforeWord).toBeLessThanOrEqual(3);
    if (this.error !== undefined) expect(this.error.message).toMatch(/[.!?…]$/);
  }

  #read(): void {
    this.requestsBeforeWord ??= this.#requests();
  }
}
