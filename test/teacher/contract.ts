import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import {
  REPLY_FAILURES,
  REPLY_FORMATS,
  type Teacher,
  type TeacherRequest,
} from '../../src/teacher/teacher.js';

/** What is behind a teacher: something that answers, turns each request away, is slow, or fails altogether. */
export type Behaviour = 'answers' | 'fails' | 'is slow' | 'is broken';

/** A teacher that takes two requests at a time, and what it is asked. */
export interface OpenedTeacher extends AsyncDisposable {
  readonly teacher: Teacher;
  /** Opens a teacher once more before the same thing. */
  readonly again: () => Promise<Teacher>;
  /** Requests that differ in nothing but their number. */
  readonly request: (number: number) => TeacherRequest;
  /** Resolves once so many requests are under way. Only of one that is slow. */
  readonly underWay?: (count: number) => Promise<void>;
  /** Lets what is under way finish. Only of one that is slow. */
  readonly release?: () => void;
  /** How many requests got through to what is behind the teacher so far; undefined where that cannot be told. */
  readonly put?: () => number;
}

export interface TeacherContract {
  readonly name: string;
  /** The key that the environment holds while the teacher is open. */
  readonly key: string;
  open(behaviour: Behaviour): Promise<OpenedTeacher>;
  /** Opens another teacher, whose replies are not this one's. */
  openOther(): Promise<OpenedTeacher>;
  /** The error of one that is broken; undefined where none can be. */
  readonly broken?: ErrorCode;
  /** Requests may have to wait for each other. */
  readonly waits: boolean;
}

/** What every teacher keeps to, whatever is behind it. */
export function keepsToTheContract({ name, key, open, openOther, broken, waits }: TeacherContract): void {
  describe(`the contract of a teacher, kept by ${name}`, () => {
    it('answers with every field of the schema, and says who wrote and what it took', async () => {
      await using opened = await open('answers');
      const request = opened.request(1);
      const reply = await opened.teacher.ask(request);
      if (reply.kind !== 'answered') return expect.fail(JSON.stringify(reply));
      expect(Object.keys(reply.fields)).toEqual(request.schema.fields.map((field) => field.name));
      expect(reply.rawText).not.toBe('');
      expect(reply.model).not.toBe('');
      expect(REPLY_FORMATS).toContain(reply.format);
      expect(Number.isInteger(reply.usage.promptTokens + reply.usage.completionTokens)).toBe(true);
      expect(reply.retries).toBeGreaterThanOrEqual(0);
      expect(reply.milliseconds).toBeGreaterThanOrEqual(0);
    });

    it('makes a value of a request that fails, with a reason and a sentence, and goes on', async () => {
      await using opened = await open('fails');
      for (const number of [1, 2]) {
        const reply = await opened.teacher.ask(opened.request(number));
        if (reply.kind !== 'failed') return expect.fail(JSON.stringify(reply));
        expect(REPLY_FAILURES).toContain(reply.reason);
        expect(reply.detail).toMatch(/^[A-Z/].*[.?!]$/s);
      }
    });

    it('answers any number of requests that are put at a time', async () => {
      await using opened = await open('answers');
      const numbers = Array.from({ length: 6 }, (_, i) => i);
      const replies = await Promise.all(numbers.map((number) => opened.teacher.ask(opened.request(number))));
      expect(replies.map(({ kind }) => kind)).toEqual(numbers.map(() => 'answered'));
    });

    it('does not begin what was called off before, and names the cause', async () => {
      await using opened = await open('answers');
      const reason = new Error('enough');
      for (const option of ['signal', 'stopWaiting']) {
        const asked = opened.teacher.ask(opened.request(1), { [option]: AbortSignal.abort(reason) });
        await expect(asked).rejects.toMatchObject({ code: 'aborted', cause: reason });
      }
      expect(opened.put?.() ?? 0).toBe(0);
      expect(await opened.teacher.ask(opened.request(1))).toMatchObject({ kind: 'answered' });
    });

    it.runIf(waits)('ends what is called off while it is under way, and nothing else', async () => {
      await using opened = await open('is slow');
      const controller = new AbortController();
      const calledOff = opened.teacher.ask(opened.request(1), { signal: controller.signal });
      const other = opened.teacher.ask(opened.request(2));
      await opened.underWay!(2);
      controller.abort();
      await expect(calledOff).rejects.toMatchObject({ code: 'aborted' });
      opened.release!();
      expect(await other).toHaveProperty('kind');
    });

    it.runIf(waits)('calls off who waits, and lets finish what is under way', async () => {
      await using opened = await open('is slow');
      const controller = new AbortController();
      const ask = (number: number) =>
        opened.teacher.ask(opened.request(number), { stopWaiting: controller.signal });
      const begun = [ask(1), ask(2)];
      await opened.underWay!(2);
      const waiting = ask(3);
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
      opened.release!();
      for (const reply of await Promise.all(begun)) expect(reply).toHaveProperty('kind');
    });

    it.runIf(waits)('tells who waits that it was closed', async () => {
      await using opened = await open('is slow');
      const begun = [1, 2].map((number) => opened.teacher.ask(opened.request(number)));
      const ends = Promise.allSettled(begun);
      await opened.underWay!(2);
      const waiting = opened.teacher.ask(opened.request(3));
      const told = expect(waiting).rejects.toMatchObject({ code: 'closed' });
      const closing = opened.teacher[Symbol.asyncDispose]();
      await told;
      opened.release!();
      await closing;
      // With its reply or without.
      await ends;
    });

    it('takes no request once it is closed, and may be closed again', async () => {
      await using opened = await open('answers');
      await opened.teacher[Symbol.asyncDispose]();
      await expect(opened.teacher.ask(opened.request(1))).rejects.toMatchObject({ code: 'closed' });
      await opened.teacher[Symbol.asyncDispose]();
      expect(opened.put?.() ?? 0).toBe(0);
    });

    it.runIf(broken !== undefined)('stops at what would go wrong with every request', async () => {
      await using opened = await open('is broken');
      const ask = (number: number) => opened.teacher.ask(opened.request(number));
      const ends = await Promise.allSettled([1, 2, 3, 4, 5].map(ask));
      for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: broken } });
      const put = opened.put?.() ?? 0;
      expect(put).toBeLessThanOrEqual(2);
      await expect(ask(6)).rejects.toMatchObject({ code: broken, remedy: expect.stringMatching(/\.$/) });
      expect(opened.put?.() ?? 0).toBe(put);
    });

    it('has one name for as long as its replies are the same teacher’s', async () => {
      await using first = await open('answers');
      await using second = await first.again();
      await using other = await openOther();
      const before = first.teacher.id;
      await first.teacher.ask(first.request(1));
      expect(first.teacher.id).toBe(before);
      expect(second.id).toBe(before);
      expect(other.teacher.id).not.toBe(before);
    });

    it('shows no key, whatever happens', async () => {
      const behaviours: readonly Behaviour[] = [
        'answers',
        'fails',
        ...(broken ? (['is broken'] as const) : []),
      ];
      for (const behaviour of behaviours) {
        await using opened = await open(behaviour);
        const { teacher, request } = opened;
        const end = await teacher.ask(request(1)).catch((error: Error) => error);
        const told = [{ id: teacher.id, server: teacher.server }, end, ...causesOf(end)].map(everythingOf);
        expect(told.join('\n')).not.toContain(key);
      }
    });
  });
}

function causesOf(end: unknown): unknown[] {
  return end instanceof Error && end.cause !== undefined ? [end.cause, ...causesOf(end.cause)] : [];
}

function everythingOf(value: unknown): string {
  const spelled = JSON.stringify(value);
  return value instanceof Error ? `${spelled}${value.message}${value.stack}` : spelled;
}
