import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadStudent } from '../../src/engine/load-student.js';
import type { LoadedStudent } from '../../src/engine/loaded-student.js';
import type { SpanRequest } from '../../src/engine/scorer.js';
import { StudentPool, type StudentPoolOptions } from '../../src/engine/workers/student-pool.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { until } from '../helpers/until.js';
import { openStudent } from './fixtures/open-student.js';
import { randomTokens, sampleRequests } from './fixtures/span-requests.js';

const TWO = { model: TINY_STUDENT, devices: ['cpu', 'cpu'], threads: 2, checkFile: false } as const;

const openPool = (options: Partial<StudentPoolOptions> = {}) => StudentPool.load({ ...TWO, ...options });

/** Work for many decodes; 400 are more than a worker gets done before it hears what follows, on any machine. */
function heavyRequests(count: number): readonly SpanRequest[] {
  return Array.from({ length: count }, (_, i) => ({
    tokens: randomTokens(4096, 500, i),
    begin: 1,
    end: 500,
  }));
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => 'done',
    ({ code }) => code,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const ended = (pids: readonly (number | undefined)[]) => until(() => !pids.some((pid) => isAlive(pid!)));

describe('a student in two processes', () => {
  let pool: LoadedStudent;
  let alone: LoadedStudent;
  let requests: readonly SpanRequest[];
  beforeAll(async () => {
    pool = await loadStudent({ ...TWO, deterministic: true });
    alone = await openStudent({ deterministic: true });
    requests = await sampleRequests(alone);
  });
  afterAll(() => Promise.all([pool.close(), alone.close()]));

  it('is the student that it is in one', () => {
    expect(pool.model).toEqual(alone.model);
    expect(pool).toMatchObject({
      startToken: alone.startToken,
      startTokenKind: alone.startTokenKind,
      maxLength: alone.maxLength,
      batchTokens: alone.batchTokens,
      precision: 'fast',
      deterministic: true,
      parallelism: 2,
      engine: { threads: 2, contexts: 2 },
      device: { kind: 'cpu', name: 'CPU, CPU', description: expect.stringContaining('2 processes') },
    });
  });

  it('scores as it does in one, to the last bit where that is asked for', async () => {
    const expected = await alone.score(requests, { perToken: true });
    const calls = Array.from({ length: 5 }, () => pool.score(requests, { perToken: true }));
    for (const outcomes of await Promise.all(calls)) expect(outcomes).toEqual(expected);
    expect(await pool.score(requests)).toEqual(await alone.score(requests));
    expect(pool.stats().decodedTokens).toBe(6 * (alone.stats().decodedTokens / 2));
    expect(await pool.score([])).toEqual([]);
  });

  it('tokenizes as it does in one', async () => {
    const texts = ['Name a colour.', '', 'naïve </s> 🌊', 'a\0b'];
    for (const options of [{}, { addSpecial: true, parseSpecial: true }]) {
      expect(await pool.tokenize(texts, options)).toEqual(await alone.tokenize(texts, options));
    }
    expect(await pool.tokenize([])).toEqual([]);
  });

  it('refuses invalid jobs as it does in one, and says where', async () => {
    const tokens = Int32Array.of(1, 2, 5000);
    await expect(pool.score([{ tokens, begin: 1, end: 3 }])).rejects.toMatchObject({
      code: 'invalid_job',
      message: expect.stringMatching(/^worker on cpu: .*5000.*vocabulary of 4096/),
    });
    await expect(pool.score([{ tokens, begin: 1, end: 1.5 }])).rejects.toMatchObject({ code: 'invalid_job' });
  });

  it('lets a call be aborted and goes on', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const before = pool.stats().decodedTokens;
    const heavy = heavyRequests(400);
    const aborted = codeOf(pool.score(heavy, { signal }));
    const kept = pool.score(requests);
    controller.abort();
    expect(await aborted).toBe('aborted');
    expect(await kept).toEqual(await alone.score(requests));
    await expect(pool.score(requests, { signal })).rejects.toMatchObject({ code: 'aborted' });
    await pool.score(requests);
    expect(pool.stats().decodedTokens - before).toBeLessThan(heavy.length * 499);
  });
});

describe('a pool of one', () => {
  it('says so in the singular', async () => {
    await using pool = await openPool({ devices: ['cpu'] });
    expect(pool.device.description).toMatch(/^1 process, \w/);
  });
});

describe('closing a pool', () => {
  it('rejects what is under way, ends the processes, and nothing works afterwards', async () => {
    const pool = await openPool();
    const codes = [1, 2, 3].map(() => codeOf(pool.score(heavyRequests(400))));
    const closing = [pool.close(), pool.close()];
    await expect(pool.score(heavyRequests(1))).rejects.toMatchObject({ code: 'closed' });
    await Promise.all(closing);
    expect(await Promise.all(codes)).toEqual(['closed', 'closed', 'closed']);
    await ended(pool.workers.map(({ pid }) => pid));
    await expect(pool.tokenize(['a'])).rejects.toMatchObject({ code: 'closed' });
    expect(() => pool.stats()).toThrow(expect.objectContaining({ code: 'closed' }));
  });
});

describe('a worker that dies', () => {
  it('takes its jobs with it, by a clear error; the other one goes on', async () => {
    await using pool = await openPool();
    const requests = heavyRequests(8);
    const [pid] = pool.workers.map((worker) => worker.pid!);
    // stopped first, for it must not get done before it dies
    process.kill(pid!, 'SIGSTOP');
    const ends = Promise.allSettled([pool.score(requests), pool.score(requests)]);
    process.kill(pid!, 'SIGKILL');
    const [first, second] = await ends;
    expect(first).toMatchObject({
      status: 'rejected',
      reason: {
        name: 'ReflectionError',
        code: 'worker_lost',
        message: 'the worker on cpu has ended by itself (SIGKILL)',
        remedy: expect.any(String),
      },
    });
    expect(second).toMatchObject({ status: 'fulfilled' });
    for (let i = 0; i < 3; i++) {
      const [ids] = await pool.tokenize(['still here']);
      expect(ids!.length).toBeGreaterThan(1);
      expect(await codeOf(pool.score(heavyRequests(1)))).toBe('done');
    }
    process.kill(pool.workers[1]!.pid!, 'SIGKILL');
    expect(await codeOf(pool.score(requests))).toBe('worker_lost');
    expect(await codeOf(pool.tokenize(['a']))).toBe('worker_lost');
  });
});

describe('a pool that cannot be loaded', () => {
  const refusal = (options: Partial<StudentPoolOptions>) =>
    openPool(options).then(
      () => undefined,
      (error) => error,
    );

  it.each([
    [{ devices: ['cpu', 'cuda:0'] as const }, 'invalid_option', /different kinds, cpu and cuda/],
    [{ devices: ['tpu'] as never }, 'invalid_option', /`devices` cannot be tpu/],
    [{ devices: [] }, 'invalid_option', /`devices` cannot be none/],
    [{ devices: ['cpu', 'cpu:999'] as const }, 'device_unavailable', /no NUMA node 999/],
    [{ devices: ['cuda:77', 'cuda:78'] as const }, 'device_unavailable', /no cuda:77 device/],
    [{ model: join('models', 'README.md') }, 'model_unloadable', /^worker on cpu: .*not a GGUF/],
    [{ model: join('models', 'README.md'), checkFile: true }, 'model_unloadable', /^models.*not a GGUF/],
  ])('%o', async (options, code, message) => {
    expect(await refusal(options)).toMatchObject({
      name: 'ReflectionError',
      code,
      message: expect.stringMatching(message),
      remedy: expect.any(String),
    });
  });

  it('by the option that is at fault', async () => {
    expect(await refusal({ threads: 0 })).toMatchObject({
      code: 'invalid_option',
      message: expect.stringContaining('threads'),
    });
  });

  it('because it is called off', async () => {
    const controller = new AbortController();
    const loading = refusal({ signal: controller.signal });
    controller.abort();
    expect(await loading).toMatchObject({ code: 'aborted' });
    expect(await refusal({ signal: AbortSignal.abort() })).toMatchObject({ code: 'aborted' });
  });
});

describe.runIf(existsSync('/sys/devices/system/node/node0'))('a worker on a NUMA node', () => {
  it('runs there', async () => {
    await using pool = await openPool({ devices: ['cpu:0'] });
    expect(pool.device.kind).toBe('cpu');
    expect(await codeOf(pool.score(heavyRequests(1)))).toBe('done');
  });
});

describe.runIf(existsSync('/sys/devices/system/node/node0'))(
  'a worker on a NUMA node without taskset',
  () => {
    afterEach(() => vi.unstubAllEnvs());

    it('is refused', async () => {
      vi.stubEnv('PATH', '/nowhere');
      await expect(openPool({ devices: ['cpu:0'] })).rejects.toMatchObject({
        code: 'device_unavailable',
        message: expect.stringContaining('taskset'),
        remedy: expect.any(String),
      });
    });
  },
);

describe('the processes of a pool', () => {
  const program = fileURLToPath(new URL('fixtures/programs/pool-of-workers.mjs', import.meta.url));

  it.each([
    ['SIGKILL', 'busy'],
    [null, 'idle'],
  ] as const)('end with the one that opened it (%s)', async (signal, how) => {
    const child = spawn(process.execPath, [program, how], { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const pids: readonly number[] = JSON.parse(line);
    expect(pids).toHaveLength(2);
    if (signal !== null) {
      expect(pids.every(isAlive)).toBe(true);
      child.kill(signal);
    }
    expect(await exit).toEqual([signal === null ? 0 : null, signal]);
    await ended(pids);
  });
});
