import { afterEach, describe, expect, it, vi } from 'vitest';
import { OpenAITeacher, type OpenAITeacherOptions } from '../../../src/teacher/openai/openai-teacher.js';
import type { TeacherReply } from '../../../src/teacher/teacher.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import { gate } from '../../helpers/gate.js';
import {
  type ScriptedTeacherServer,
  type SeenRequest,
  startScriptedTeacher,
  type TeacherAction,
  type TeacherScript,
} from '../../helpers/scripted-teacher-server.js';
import { ANSWER, teacherRequest } from '../../helpers/teacher-requests.js';

const GOOD: TeacherAction = { kind: 'reply', content: JSON.stringify(ANSWER) };
const KEY = 'sk-test-0123456789abcdef';

interface Setup extends AsyncDisposable {
  readonly server: ScriptedTeacherServer;
  readonly teacher: OpenAITeacher;
  readonly clock: FakeClock;
}

let setups: Setup[] = [];

afterEach(async () => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  for (const setup of setups) await setup[Symbol.asyncDispose]();
  setups = [];
});

/** A teacher, its format given so that no probe comes first, in front of a server with a script. */
async function setUp(
  script: TeacherScript | readonly TeacherAction[],
  options: Partial<OpenAITeacherOptions> = {},
): Promise<Setup> {
  const server = await startScriptedTeacher(
    typeof script === 'function' ? script : (_, index) => script[Math.min(index, script.length - 1)]!,
  );
  const clock = new FakeClock();
  const teacher = new OpenAITeacher({
    model: 'm',
    baseUrl: server.baseUrl,
    format: 'json_schema',
    clock,
    random: () => 0,
    ...options,
  });
  const setup = {
    server,
    teacher,
    clock,
    async [Symbol.asyncDispose]() {
      await teacher[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
  setups.push(setup);
  return setup;
}

/** The beginning of a reply that ran out of tokens. */
function cutOffAt(completion_tokens: number): TeacherAction {
  const usage = { prompt_tokens: 10, completion_tokens };
  return { kind: 'reply', content: '{"rel', finishReason: 'length', usage };
}

function expectFailed(reply: TeacherReply, reason: string): void {
  expect(reply).toMatchObject({ kind: 'failed', reason });
}

describe('a reply', () => {
  it('arrives with its fields, its cost and what it took', async () => {
    const { teacher, server } = await setUp([GOOD], {
      price: { promptPerMillion: 1e6, completionPerMillion: 2e6 },
    });
    expect(await teacher.ask(teacherRequest({ seed: 7, topP: 0.5 }))).toEqual({
      kind: 'answered',
      fields: ANSWER,
      rawText: JSON.stringify(ANSWER),
      model: 'scripted-model-001',
      usage: { promptTokens: 10, completionTokens: 5, cost: 20, estimated: false },
      retries: 0,
      milliseconds: 0,
      format: 'json_schema',
    });
    const { body, path } = server.seen[0]!;
    expect(path).toBe('/v1/chat/completions');
    expect(body).toMatchObject({ model: 'm', max_tokens: 100, temperature: 0, seed: 7, top_p: 0.5 });
    const { schema, strict } = body.response_format.json_schema;
    expect(strict).toBe(true);
    expect(Object.keys(schema.properties)).toEqual(['relevance', 'better_answer']);
    expect(schema).toMatchObject({ required: ['relevance', 'better_answer'], additionalProperties: false });
  });

  it('counts as the most it can have taken where the server does not count', async () => {
    const { teacher, server } = await setUp([{ ...GOOD, usage: null } as TeacherAction]);
    const { usage } = await teacher.ask(teacherRequest({ user: '🙂'.repeat(500) }));
    expect(usage).toMatchObject({ estimated: true, completionTokens: 100 });
    // A tokenizer without a token for it makes one of every byte.
    expect(usage.promptTokens).toBeGreaterThanOrEqual(2000);
    const sent = Buffer.byteLength(JSON.stringify(server.seen[0]!.body.messages));
    expect(usage.promptTokens).toBeLessThan(sent + 1000);
  });

  it.each<[string, TeacherAction, string]>([
    ['is no JSON', { kind: 'reply', content: 'Paris, of course.' }, 'unparsable'],
    ['has the wrong schema', { kind: 'reply', content: '{"relevance": "x", "answer": "y"}' }, 'unparsable'],
    ['is blank', { kind: 'reply', content: null }, 'empty'],
    ['is a refusal', { kind: 'reply', content: null, refusal: 'No.' }, 'refused'],
    ['was filtered', { kind: 'reply', content: '{', finishReason: 'content_filter' }, 'refused'],
    ['is an apology', { kind: 'reply', content: "I'm sorry, but I can't assist with that." }, 'refused'],
  ])('that %s is a value, and nothing is asked again', async (_, action, reason) => {
    const { teacher, server } = await setUp([action]);
    const reply = await teacher.ask(teacherRequest());
    expectFailed(reply, reason);
    expect(reply.usage.completionTokens).toBe(5);
    expect(server.seen).toHaveLength(1);
  });

  it('that was cut off is asked for again with twice the tokens', async () => {
    const { teacher, server } = await setUp(({ body }, index) =>
      index < 2 ? cutOffAt(body.max_tokens) : GOOD,
    );
    expect(await teacher.ask(teacherRequest())).toMatchObject({
      kind: 'answered',
      retries: 2,
      usage: { promptTokens: 30, completionTokens: 100 + 200 + 5 },
    });
    expect(server.seen.map(({ body }) => body.max_tokens)).toEqual([100, 200, 400]);
  });

  it('that is cut off every time fails, with what there was of it', async () => {
    const { teacher, server } = await setUp(({ body }) => cutOffAt(body.max_tokens));
    const reply = await teacher.ask(teacherRequest());
    expectFailed(reply, 'truncated');
    expect(reply.rawText).toBe('{"rel');
    expect(server.seen).toHaveLength(3);
  });

  it('that is cut off where the context ends is not asked for again, as more tokens would not help', async () => {
    const { teacher, server } = await setUp([cutOffAt(60)]);
    const reply = await teacher.ask(teacherRequest());
    expectFailed(reply, 'context_too_long');
    expect(reply).toMatchObject({ detail: expect.stringContaining('after 60 tokens, short of its limit') });
    expect(server.seen).toHaveLength(1);
  });

  it('that is cut off, one does not know after how many tokens, is asked for again', async () => {
    const { teacher, server } = await setUp([{ ...cutOffAt(60), usage: null } as TeacherAction, GOOD]);
    expect((await teacher.ask(teacherRequest())).kind).toBe('answered');
    expect(server.seen).toHaveLength(2);
  });

  it('that is complete when it meets the limit is accepted', async () => {
    const { teacher } = await setUp([{ ...GOOD, finishReason: 'length' } as TeacherAction]);
    expect((await teacher.ask(teacherRequest())).kind).toBe('answered');
  });
});

describe('a server that fails', () => {
  const status = (status: number, headers: Record<string, string> = {}): TeacherAction => ({
    kind: 'status',
    status,
    headers,
  });

  it.each([
    ['seconds', '7', 7000],
    ['a date', new Date(Date.UTC(2030, 0, 1, 0, 0, 20)).toUTCString(), 20_000],
  ])('with 429 and %s in Retry-After is left alone that long', async (_, retryAfter, ms) => {
    const { teacher, clock } = await setUp([status(429, { 'retry-after': retryAfter }), GOOD]);
    expect(await teacher.ask(teacherRequest())).toMatchObject({
      kind: 'answered',
      retries: 1,
      milliseconds: ms,
    });
    expect(clock.sleeps).toEqual([ms]);
  });

  it('says in the headers of a reply that nothing is left, and is spared the request that would fail', async () => {
    const headers = { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '12s' };
    const { teacher, clock } = await setUp([{ ...GOOD, headers } as TeacherAction, GOOD]);
    await teacher.ask(teacherRequest());
    expect(clock.monotonic()).toBe(0);
    expect(await teacher.ask(teacherRequest())).toMatchObject({ kind: 'answered', retries: 0 });
    expect(clock.monotonic()).toBe(12_000);
  });

  it('with 429 alone is asked again with growing waits', async () => {
    const { teacher, clock } = await setUp([status(429), status(429), status(429), GOOD]);
    expect(await teacher.ask(teacherRequest())).toMatchObject({ kind: 'answered', retries: 3 });
    expect(clock.sleeps).toEqual([500, 1000, 2000]);
  });

  it.each<[string, TeacherAction]>([
    ['500', status(500)],
    ['503', status(503)],
    ['no JSON', { kind: 'raw', body: 'Oops' }],
    ['JSON that is no completion', { kind: 'status', status: 200, body: { choices: [] } }],
    ['a connection that breaks', { kind: 'cut' }],
  ])('with %s is asked again', async (_, action) => {
    const { teacher, server } = await setUp([action, GOOD]);
    expect(await teacher.ask(teacherRequest())).toMatchObject({ kind: 'answered', retries: 1 });
    expect(server.seen).toHaveLength(2);
  });

  it('at every attempt costs one request, not the run', async () => {
    const { teacher, server } = await setUp(({ body }) =>
      body.messages[1].content.includes('bad') ? status(500) : GOOD,
    );
    const [bad, good] = await Promise.all([
      teacher.ask(teacherRequest({ user: 'bad' })),
      teacher.ask(teacherRequest({ user: 'good' })),
    ]);
    expectFailed(bad, 'server_error');
    expect(bad.retries).toBe(5);
    expect(good).toMatchObject({ kind: 'answered', retries: 0 });
    expect(server.seen).toHaveLength(7);
  });

  it.each<TeacherAction['kind']>(['drip', 'hang'])(
    'by a %s that does not end is given up in time',
    async (kind) => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const { teacher, server } = await setUp([{ kind } as TeacherAction, GOOD], { timeoutMs: 150 });
      const asked = [teacher.ask(teacherRequest()), teacher.ask(teacherRequest({ key: 'row-2' }))];
      // no time has passed for the good one
      expect(await Promise.race(asked)).toMatchObject({ kind: 'answered' });
      expect(server.seen).toHaveLength(2);
      vi.advanceTimersByTime(150);
      const replies = await Promise.all(asked);
      expect(replies.map((reply) => reply.kind).sort()).toEqual(['answered', 'failed']);
      expectFailed(replies.find((reply) => reply.kind === 'failed')!, 'timeout');
      expect(server.seen).toHaveLength(2);
    },
  );

  it('by a body without end is given up at the size limit', async () => {
    const { teacher } = await setUp([{ kind: 'endless' }], { maxResponseBytes: 200_000 });
    const reply = await teacher.ask(teacherRequest());
    expectFailed(reply, 'server_error');
    expect(reply).toMatchObject({ detail: 'The response is longer than 200000 bytes.' });
  });

  it.each<[string, unknown, string]>([
    [
      'a context that is too small',
      { error: { code: 'context_length_exceeded', message: 'x' } },
      'context_too_long',
    ],
    [
      'llama.cpp’s words for it',
      { error: { message: 'the request exceeds the available context size' } },
      'context_too_long',
    ],
    ['a content policy', { error: { code: 'content_policy_violation', message: 'x' } }, 'refused'],
    ['anything else', { error: { message: 'odd request' } }, 'server_error'],
  ])('with status 400 because of %s fails the request', async (_, body, reason) => {
    const { teacher, server } = await setUp([{ kind: 'status', status: 400, body }]);
    expectFailed(await teacher.ask(teacherRequest()), reason);
    expect(server.seen).toHaveLength(1);
  });
});

describe('what stops the run', () => {
  it.each([
    [401, 'teacher_unauthorized'],
    [403, 'teacher_unauthorized'],
    [404, 'teacher_unusable'],
    [402, 'budget_exhausted'],
  ])('status %i, as %s, for all requests at once', async (status, code) => {
    const { teacher, server } = await setUp([{ kind: 'status', status }], { concurrency: 1 });
    const asked = [1, 2, 3].map((n) => teacher.ask(teacherRequest({ key: `row-${n}` })));
    const ends = await Promise.allSettled(asked);
    for (const end of ends) expect(end).toMatchObject({ status: 'rejected', reason: { code } });
    expect(server.seen).toHaveLength(1);
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code });
  });

  it('a quota used up, though it comes as 429', async () => {
    const body = { error: { code: 'insufficient_quota', message: 'You exceeded your current quota.' } };
    const { teacher } = await setUp([{ kind: 'status', status: 429, body }]);
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code: 'budget_exhausted' });
  });

  it('a server that is gone', async () => {
    const { teacher, server } = await setUp([GOOD]);
    await server[Symbol.asyncDispose]();
    const first = await teacher.ask(teacherRequest());
    expectFailed(first, 'server_error');
    expect(first).toMatchObject({ retries: 5, usage: { promptTokens: 0, completionTokens: 0 } });
    await teacher.ask(teacherRequest());
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code: 'teacher_unreachable' });
  });

  it('requests that time out in a row, but not ones with answers in between', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const script: TeacherScript = (_, index) => {
      if (index === 1) return GOOD;
      vi.advanceTimersByTime(50);
      return { kind: 'hang' };
    };
    const { teacher } = await setUp(script, { timeoutMs: 50, deadAfter: 2 });
    expectFailed(await teacher.ask(teacherRequest()), 'timeout');
    expect((await teacher.ask(teacherRequest())).kind).toBe('answered');
    expectFailed(await teacher.ask(teacherRequest()), 'timeout');
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code: 'teacher_unreachable' });
  });

  it('a budget that does not cover the next request, before it is sent', async () => {
    const { teacher, server } = await setUp([GOOD], { maxTeacherTokens: 1500 });
    expect((await teacher.ask(teacherRequest())).kind).toBe('answered');
    await expect(teacher.ask(teacherRequest({ maxTokens: 1400 }))).rejects.toMatchObject({
      code: 'budget_exhausted',
    });
    expect(server.seen).toHaveLength(1);
  });

  it('a budget that hidden thinking has used up', async () => {
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 1400 };
    const { teacher } = await setUp([{ ...GOOD, usage } as TeacherAction], { maxTeacherTokens: 1500 });
    expect((await teacher.ask(teacherRequest())).usage).toMatchObject({ completionTokens: 1390 });
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({
      code: 'budget_exhausted',
      message: expect.stringContaining('1400 of 1500 tokens'),
    });
  });

  it('the caller, in the middle of a reply', async () => {
    const controller = new AbortController();
    const { teacher } = await setUp(() => {
      controller.abort();
      return { kind: 'drip' };
    });
    await expect(teacher.ask(teacherRequest(), { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });

  it('closing, also for those who wait', async () => {
    const { teacher } = await setUp([{ kind: 'status', status: 429 }], { clock: undefined });
    const waiting = teacher.ask(teacherRequest());
    const outcome = expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await teacher[Symbol.asyncDispose]();
    await outcome;
  });
});

describe('finding out how a server can be asked', () => {
  /** Answers the way the request asks for, as far as the server can. */
  function server(
    supported: readonly string[],
    otherwise: (index: number) => TeacherAction | undefined = () => undefined,
  ) {
    const script: TeacherScript = ({ body }, index) => {
      const special = otherwise(index);
      if (special !== undefined) return special;
      const format = body.response_format?.type ?? 'markers';
      if (!supported.includes(format)) {
        const message = `response_format ${format} is not supported`;
        return { kind: 'status', status: 400, body: { error: { message } } };
      }
      const prompt: string = body.messages.map(({ content }: { content: string }) => content).join('\n');
      const values: Record<string, string> = { word: 'ready', ...ANSWER };
      const names = Object.keys(values).filter((name) =>
        prompt.includes(format === 'markers' ? `[${name} ` : `"${name}"`),
      );
      const fields = Object.fromEntries(names.map((name) => [name, values[name]]));
      if (format !== 'markers') return { kind: 'reply', content: JSON.stringify(fields) };
      const nonce = /\[end (\w+)\]/.exec(prompt)![1];
      return {
        kind: 'reply',
        content: names.map((name) => `[${name} ${nonce}]\n${fields[name]}\n[end ${nonce}]`).join('\n'),
      };
    };
    return script;
  }

  it.each([
    [['json_schema', 'json_object', 'markers'], 'json_schema', 1],
    [['json_object', 'markers'], 'json_object', 2],
    [['markers'], 'markers', 3],
  ])('settles once for %j on %s', async (supported, format, probes) => {
    const { teacher, server: seen } = await setUp(server(supported), { format: undefined });
    const replies = await Promise.all([1, 2, 3].map((n) => teacher.ask(teacherRequest({ key: `row-${n}` }))));
    for (const reply of replies) expect(reply).toMatchObject({ kind: 'answered', fields: ANSWER, format });
    expect(seen.seen).toHaveLength(probes + 3);
    expect(seen.seen.at(-1)!.body).toMatchObject({ max_tokens: 100, temperature: 0 });
  });

  it('goes on where a server takes a schema but does not heed it', async () => {
    const ignoring: TeacherScript = (request, index) =>
      request.body.response_format?.type === 'json_schema'
        ? { kind: 'reply', content: 'Ready!' }
        : server(['json_object'])(request, index);
    const { teacher } = await setUp(ignoring, { format: undefined });
    expect(await teacher.ask(teacherRequest())).toMatchObject({ kind: 'answered', format: 'json_object' });
  });

  it('leaves out what the server does not take', async () => {
    const complaints = [
      "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
      "'temperature' does not support 0 with this model.",
    ];
    const script = server(['json_schema'], (index) =>
      index < complaints.length
        ? { kind: 'status', status: 400, body: { error: { message: complaints[index] } } }
        : undefined,
    );
    const { teacher, server: seen } = await setUp(script, { format: undefined });
    expect(await teacher.ask(teacherRequest())).toMatchObject({ kind: 'answered', format: 'json_schema' });
    const { body } = seen.seen.at(-1)!;
    expect(body).toMatchObject({ max_completion_tokens: 100 });
    expect(body).not.toHaveProperty('temperature');
  });

  it('stops the run when the server takes nothing', async () => {
    const { teacher } = await setUp(server([]), { format: undefined });
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code: 'teacher_unusable' });
  });

  it('stops the run when nobody is there', async () => {
    const { teacher, server: gone } = await setUp([GOOD], { format: undefined });
    await gone[Symbol.asyncDispose]();
    await expect(teacher.ask(teacherRequest())).rejects.toMatchObject({ code: 'teacher_unreachable' });
  });
});

describe('concurrency', () => {
  it('of any size is no reason for Node to warn of a leak', async () => {
    const warned = vi.fn();
    process.on('warning', warned);
    const { teacher } = await setUp(() => GOOD, { concurrency: 20 });
    const { signal } = new AbortController();
    await Promise.all(
      Array.from({ length: 40 }, (_, i) => teacher.ask(teacherRequest({ key: `${i}` }), { signal })),
    );
    await new Promise(setImmediate);
    process.off('warning', warned);
    expect(warned).not.toHaveBeenCalled();
  });

  it.each([
    ['llama.cpp, whose slots fail together', 500, 'Context size has been exceeded.'],
    ['Ollama', 503, 'server busy: maximum pending requests exceeded'],
    ['SGLang', 503, 'The request queue is full.'],
  ])('is less where it crowds requests out, as told by %s', async (_, status, message) => {
    const body = { error: { message } };
    /** Three are too many, and fail together. */
    let held = gate();
    let holding = 0;
    let isRoomy = false;
    const widths: string[] = [];
    const { teacher } = await setUp(
      async (_, index) => {
        if (isRoomy || index === 0) return GOOD;
        const { opened, open } = held;
        if (++holding === 3) {
          [held, holding] = [gate(), 0];
          open();
        }
        await opened;
        return { kind: 'status', status, body };
      },
      {
        ...{ concurrency: 16, retry: { attempts: 2 } },
        onNotice(notice) {
          if (notice.kind !== 'adapted') return;
          expect(notice.detail).toContain(message);
          widths.push(notice.change);
          isRoomy = /at most [12] request/.test(notice.change);
          if (isRoomy) held.open();
        },
      },
    );
    const asked = Array.from({ length: 40 }, (_, i) => teacher.ask(teacherRequest({ key: `${i}` })));
    for (const reply of await Promise.all(asked)) expect(reply).toMatchObject({ kind: 'answered' });
    expect(widths.at(-1)).toMatch(/^at most [12] requests? (?:is|are) put at a time$/);
  });

  it('is no excuse for a server that has no room for one', async () => {
    const message = 'Context size has been exceeded.';
    const { teacher, server } = await setUp([{ kind: 'status', status: 500, body: { error: { message } } }]);
    const reply = await teacher.ask(teacherRequest());
    expect(reply).toMatchObject({ kind: 'failed', reason: 'server_error', retries: 5 });
    expect(server.seen).toHaveLength(6);
  });

  it('is bounded, and a request that waits for its retry holds up no other', async () => {
    const clock = new FakeClock();
    const mayRetry = gate();
    clock.sleep = () => mayRetry.opened;
    const secondCame = gate();
    const { teacher, server } = await setUp(
      async ({ body }, index) => {
        if (index === 0) await secondCame.opened;
        else secondCame.open();
        return index < 2 && body.max_tokens <= 2 ? { kind: 'status', status: 500 } : GOOD;
      },
      { concurrency: 2, clock },
    );
    const asked = Array.from({ length: 9 }, (_, i) => teacher.ask(teacherRequest({ maxTokens: i + 1 })));
    const others = await Promise.all(asked.slice(2));
    mayRetry.open();
    const replies = [...(await Promise.all(asked.slice(0, 2))), ...others];
    expect(replies.map(({ kind }) => kind)).toEqual(new Array(9).fill('answered'));
    expect(replies.map(({ retries }) => retries)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 0]);
    expect(server.mostAtOnce).toBe(2);
  });
});

describe('secrets', () => {
  it('stay out of replies, failures and errors of a server that echoes them', async () => {
    vi.stubEnv('OPENAI_API_KEY', KEY);
    const echo = ({ headers }: SeenRequest) => headers.authorization;
    const { teacher, server } = await setUp((request, index): TeacherAction => {
      if (index === 0) {
        return { kind: 'reply', content: JSON.stringify({ ...ANSWER, better_answer: echo(request) }) };
      }
      return {
        kind: 'status',
        status: index === 1 ? 400 : 401,
        body: { error: { message: `Bad header: ${echo(request)}` } },
      };
    });
    const answered = await teacher.ask(teacherRequest());
    const failed = await teacher.ask(teacherRequest());
    const error: Error = await teacher.ask(teacherRequest()).then(
      () => expect.unreachable(),
      (thrown) => thrown,
    );
    expect(server.seen[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
    expect(answered).toMatchObject({ fields: { better_answer: 'Bearer [secret]' } });
    expect(failed).toMatchObject({ detail: expect.stringContaining('Bad header: Bearer [secret]') });
    const everything =
      JSON.stringify([answered, failed, teacher.id, teacher.server, error]) + error.stack + error.cause;
    expect(error.message).toContain('[secret]');
    expect(everything).not.toContain(KEY);
  });

  it('are read from the variable named, and not sent where there are none', async () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    vi.stubEnv('MY_KEY', KEY);
    const without = await setUp([GOOD]);
    await without.teacher.ask(teacherRequest());
    expect(without.server.seen[0]!.headers).not.toHaveProperty('authorization');
    const named = await setUp([GOOD], { apiKeyVariable: 'MY_KEY' });
    await named.teacher.ask(teacherRequest());
    expect(named.server.seen[0]!.headers.authorization).toBe(`Bearer ${KEY}`);
  });

  it('are asked for by name when a public server needs one', () => {
    vi.stubEnv('OPENAI_API_KEY', '');
    expect(() => new OpenAITeacher({ model: 'm', baseUrl: 'https://api.example.com/v1' })).toThrow(
      expect.objectContaining({
        code: 'teacher_unauthorized',
        message: expect.stringContaining('OPENAI_API_KEY is not set'),
      }),
    );
  });

  it('may not be part of the base URL', () => {
    expect(() => new OpenAITeacher({ model: 'm', baseUrl: `http://me:${KEY}@localhost/v1` })).toThrow(
      expect.objectContaining({ code: 'invalid_option', message: expect.not.stringContaining(KEY) }),
    );
  });
});
