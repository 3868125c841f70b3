import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../src/errors.js';
import { recycle } from '../../src/recycle/recycle.js';
import type { RecycleOptions } from '../../src/recycle/recycle-options.js';
import { startScriptedBatches } from '../helpers/scripted-batch-server.js';
import {
  completion,
  type SeenRequest,
  startScriptedTeacher,
  type TeacherAction,
} from '../helpers/scripted-teacher-server.js';
import { failure } from '../teacher/servers/server-case.js';
import { RecycleFixture, STUDENT, shortRows } from './recycle-fixture.js';
import { digestOf, recycledFields } from './recycling-teacher.js';

const ROWS = 3;
/** Two for each row. */
const REFLECTIONS = 2 * ROWS;

/** Something that ends a run, be it at the first request or on the way. */
interface Breakdown {
  readonly name: string;
  /** Reflections that are answered before. Without it not even the probe is. */
  readonly after?: number;
  readonly action: TeacherAction;
  readonly options?: Partial<RecycleOptions>;
  readonly code: ErrorCode;
  /** The server’s own, in what the user reads. */
  readonly words: RegExp;
  readonly remedy: RegExp;
  /** What the user changes besides having the server mended. */
  readonly change?: Partial<RecycleOptions>;
}

const LATER = { 'retry-after': '43200' };
const PAGE = '<html><head><title>Corp Gateway</title></head></html>';

const BREAKDOWNS: readonly Breakdown[] = [
  {
    name: 'a key that is revoked, as Gemini says it',
    after: 2,
    action: failure(400, [{ error: { code: 400, message: 'API key not valid. Pass a valid one.' } }]),
    code: 'teacher_unauthorized',
    words: /API key not valid/,
    remedy: /`apiKeyVariable`/,
  },
  {
    name: 'credit that runs out, told within a success',
    after: 3,
    action: { kind: 'raw', body: '{"error": {"message": "Insufficient credits.", "code": 402}}' },
    code: 'budget_exhausted',
    words: /Insufficient credits/,
    remedy: /Add credit to the account and resume/,
  },
  {
    name: 'credit that runs out, told within a stream',
    after: 1,
    action: {
      kind: 'raw',
      type: 'text/event-stream',
      body: 'data: {"error": {"message": "Insufficient balance", "code": "1008"}}\n\n',
    },
    code: 'budget_exhausted',
    words: /Insufficient balance/,
    remedy: /Add credit/,
  },
  {
    name: 'a gateway’s page in place of everything',
    action: { kind: 'raw', type: 'text/html', body: PAGE },
    code: 'teacher_unusable',
    words: /"Corp Gateway"/,
    remedy: /`baseUrl`/,
  },
  {
    name: 'a gateway’s page on the way',
    after: 2,
    action: { kind: 'raw', type: 'text/html', body: PAGE },
    code: 'teacher_unusable',
    words: /"Corp Gateway"/,
    remedy: /`baseUrl`/,
  },
  {
    name: 'a model that is still loading',
    action: failure(503, { error: { message: 'Loading model' } }),
    options: { loadingTimeout: 0.001 },
    code: 'teacher_unreachable',
    words: /still loading its model.*Loading model/,
    remedy: /`loadingTimeout`/,
  },
  {
    name: 'a day’s limit',
    after: 2,
    action: failure(429, { detail: 'Daily limit reached.' }, LATER),
    code: 'teacher_rate_limited',
    words: /Daily limit reached/,
    remedy: /Resume later/,
  },
  {
    name: 'requests that are all turned away alike',
    after: 0,
    action: failure(422, { detail: [{ loc: ['body', 'user'], msg: 'field required' }] }),
    code: 'teacher_unusable',
    words: /turned 3 requests away.*body\.user: field required/,
    remedy: /`extraBody`/,
  },
  {
    name: 'a server that fails at every request',
    after: 2,
    action: failure(500, { message: 'CUDA error: device-side assert triggered' }),
    code: 'teacher_unreachable',
    words: /no answer to 3 requests in a row.*device-side assert/,
    remedy: /then resume/,
  },
  {
    name: 'a server whose connections break',
    after: 2,
    action: { kind: 'cut' },
    code: 'teacher_unreachable',
    words: /no answer to 3 requests in a row.*The connection failed/,
    remedy: /then resume/,
  },
  {
    name: 'replies none of which can be used',
    after: 0,
    action: { kind: 'reply', content: null, refusal: 'I do not write for machines.' },
    code: 'teacher_unusable',
    words: /refused \(6\): .*do not write for machines/,
    remedy: /`retryFailed`/,
    change: { retryFailed: true },
  },
  {
    name: 'the wrong model, which the user corrects',
    action: failure(404, { error: { message: 'model not found' } }),
    options: { teacher: 'openai:scriptde' },
    code: 'teacher_unusable',
    words: /model not found/,
    remedy: /`baseUrl`/,
    change: { teacher: 'openai:scripted' },
  },
];

/** Breaks down as told until it is mended. */
class BreakableTeacher {
  isMended = false;
  /** The reflections that were answered, by their digests. */
  readonly answered: string[] = [];
  readonly #breakdown: Breakdown;

  constructor(breakdown: Breakdown) {
    this.#breakdown = breakdown;
  }

  readonly answer = ({ body }: Pick<SeenRequest, 'body'>): TeacherAction => {
    const { after, action } = this.#breakdown;
    const isProbe = body.response_format.json_schema.name === 'probe';
    const isBroken = after === undefined || (!isProbe && this.answered.length >= after);
    if (isBroken && !this.isMended) return action;
    const fields = isProbe ? { word: 'ready' } : recycledFields(body);
    if (!isProbe) this.answered.push(digestOf(body.messages));
    return { kind: 'reply', content: JSON.stringify(fields) };
  };
}

let fixture: RecycleFixture;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
  await fixture.writeRows(await shortRows(ROWS));
});
afterEach(() => fixture.remove());

const SELECTED = ['selected.jsonl', 'rejected.jsonl', 'candidates.jsonl'];
const selectedBy = (run: string) => Promise.all(SELECTED.map((name) => fixture.output(name, run)));

/** Has a run break down, sees what its user reads, mends what is broken, and goes on in the same directory. */
async function breakAndGoOn(
  teacher: BreakableTeacher,
  { options, code, words, remedy, change }: Breakdown,
  asked: Partial<RecycleOptions>,
): Promise<void> {
  const place = {
    // Scores must not depend on which rows are scored together, for a run that goes on has fewer left.
    ...{ ...fixture.place, ...STUDENT, deterministic: true },
    ...{ teacher: 'openai:scripted', retryWait: 0.001, ...asked },
  };
  await expect(recycle({ ...place, ...options } as RecycleOptions)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(words),
    remedy: expect.stringMatching(remedy),
  });
  expect(existsSync(fixture.path('run/summary.json'))).toBe(false);
  teacher.isMended = true;
  expect((await recycle({ ...place, ...options, ...change } as RecycleOptions)).kind).toBe('finished');
  // What was answered is kept.
  expect(new Set(teacher.answered).size).toBe(teacher.answered.length);
  expect(teacher.answered).toHaveLength(REFLECTIONS);
  const whole = { ...place, output: fixture.path('whole') };
  expect((await recycle(whole as RecycleOptions)).kind).toBe('finished');
  expect(await selectedBy('run')).toEqual(await selectedBy('whole'));
}

describe('a run that is ended by', () => {
  it.each(BREAKDOWNS)('$name is gone on with once that is mended', async (breakdown) => {
    const teacher = new BreakableTeacher(breakdown);
    await using server = await startScriptedTeacher(teacher.answer);
    await breakAndGoOn(teacher, breakdown, { baseUrl: server.baseUrl, concurrency: 1 });
  });
});

/** The same of a provider's batches, at one of its routes. */
type BatchBreakdown = Omit<Breakdown, 'after'> & { readonly route: string };

const BATCH_BREAKDOWNS: readonly BatchBreakdown[] = [
  {
    name: 'no such thing as batches, as FastAPI says it',
    route: 'POST /files',
    action: failure(404, { detail: 'Not Found' }),
    code: 'teacher_unusable',
    words: /does not take batches.*Not Found/,
    remedy: /without batches/,
  },
  {
    name: 'credit that runs out, in an array',
    route: 'POST /batches',
    action: failure(400, [{ error: { message: 'Your credit balance is too low.' } }]),
    code: 'budget_exhausted',
    words: /credit balance is too low/,
    remedy: /Add credit/,
  },
  {
    name: 'a batch turned down',
    route: 'GET /batches/batch-0',
    action: {
      kind: 'raw',
      body: '{"id": "batch-0", "status": "failed", "errors": [{"message": "No such model."}]}',
    },
    code: 'teacher_unusable',
    words: /turned the batch batch-0 down: No such model/,
    remedy: /Correct what it says and run again/,
  },
  {
    name: 'a key that is revoked while a batch is under way',
    route: 'GET /batches/batch-0',
    action: failure(401, { object: 'error', message: 'Key revoked.', code: 401 }),
    code: 'teacher_unauthorized',
    words: /Key revoked/,
    remedy: /`apiKeyVariable`/,
  },
  {
    name: 'results that are a page',
    route: 'GET /files/out-batch-0/content',
    action: { kind: 'raw', status: 503, type: 'text/html', body: PAGE },
    code: 'teacher_unreachable',
    words: /"Corp Gateway"/,
    remedy: /batches handed in go on and are not put again/,
  },
];

describe('a run in batches that is ended by', () => {
  it.each(BATCH_BREAKDOWNS)('$name is gone on with once that is mended', async (breakdown) => {
    const teacher = new BreakableTeacher({ ...breakdown, after: Number.POSITIVE_INFINITY });
    await using server = await startScriptedBatches({
      result: ({ custom_id, body }) => {
        const reply = teacher.answer({ body }) as Extract<TeacherAction, { kind: 'reply' }>;
        return { custom_id, response: { status_code: 200, body: completion(reply) } };
      },
      looks: 1,
      refuse: (route) => (route === breakdown.route && !teacher.isMended ? breakdown.action : undefined),
    });
    const batches = { teacherBatch: true, batchPoll: 0.001 };
    await breakAndGoOn(teacher, breakdown, { baseUrl: server.baseUrl, ...batches });
  });
});
