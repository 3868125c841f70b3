import { mkdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OutputLock } from '../../src/output/output-lock.js';
import { recycle } from '../../src/recycle/recycle.js';
import type { RecycleProgress, RecycleStart } from '../../src/recycle/recycle-options.js';
import { reflect } from '../../src/recycle/reflect.js';
import { ROWS_PER_GROUP } from '../../src/recycle/rows/row-groups.js';
import { runStatus } from '../../src/recycle/run/run-status.js';
import { renderRunSummary } from '../../src/report/render-run-summary.js';
import type { TeacherNotice } from '../../src/teacher/notice.js';
import { writeUnnamedPreTokenizer } from '../gguf/fixtures/unnamed-pre-tokenizer.js';
import { gate } from '../helpers/gate.js';
import { startScriptedTeacher, type TeacherAction } from '../helpers/scripted-teacher-server.js';
import { until } from '../helpers/until.js';
import { asking, RecycleFixture, STUDENT, shortRows } from './recycle-fixture.js';
import { recycledFields, startRecyclingTeacher } from './recycling-teacher.js';

let fixture: RecycleFixture;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
});
afterEach(async () => {
  vi.useRealTimers();
  await fixture.remove();
});

const ROWS = 8;

describe('a run', () => {
  it('selects what its audit says, with two requests a row', async () => {
    await using teacher = await startRecyclingTeacher();
    const lines = await shortRows(ROWS);
    await fixture.writeRows(['{"instruction":"no output"}', ...lines]);
    const { kind, summary } = await recycle(fixture.options(teacher));
    expect(kind).toBe('finished');

    const [bad, ...audits] = await fixture.rows('audit.jsonl');
    const selected = await fixture.rows('selected.jsonl');
    const rejected = await fixture.rows('rejected.jsonl');
    const candidates = await fixture.rows('candidates.jsonl');
    expect(bad).toMatchObject({ row: 1, outcome: null, reason: 'missing_field' });
    expect(rejected[0]).toMatchObject({ instruction: 'no output', reason: 'missing_field' });
    expect(selected.length).toBeGreaterThan(0);
    expect(selected.length + rejected.length).toBe(ROWS + 1);
    expect(summary).toMatchObject({ rows: ROWS + 1, selected: selected.length, rejected: rejected.length });
    expect(summary.rejections).toMatchObject({ missing_field: 1 });
    expect(summary.teacher).toMatchObject({ answered: 2 * ROWS, failed: 0 });

    for (const [i, line] of lines.entries()) {
      const { id, instruction, output, ...own } = JSON.parse(line);
      const audit = audits[i];
      expect(audit).toMatchObject({ row: i + 2, id, outcome: audit.reason === null ? audit.winner : null });
      expect(audit.reflections).toHaveLength(2);
      for (const { critique, raw_text, model, reply_format } of audit.reflections) {
        expect(raw_text).toContain(critique.helpfulness);
        expect([model, reply_format]).toEqual(['scripted-model-001', 'json_schema']);
      }
      const kept = selected.find((row) => row.id === id);
      if (audit.outcome === null) {
        expect(kept).toBeUndefined();
        expect(rejected.find((row) => row.id === id)).toEqual({
          ...{ id, instruction, output, ...own },
          ...{ winner: audit.winner, reason: audit.reason, detail: null },
        });
        continue;
      }
      const texts = candidates.find((row) => row.id === id && row.variant === audit.outcome);
      expect(texts).toMatchObject({ selected: true });
      expect(kept).toEqual({
        ...{ id, ...own, outcome: audit.outcome },
        ...{ instruction: texts.instruction, input: texts.input, output: texts.output },
      });
    }
    expect(new Set(teacher.asked).size).toBe(2 * ROWS);
    expect(teacher.asked).toHaveLength(2 * ROWS);
  });

  it('that is eager asks for all variants and selects the same', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(ROWS));
    await recycle(fixture.options(teacher, { output: fixture.path('lazy') }));
    await recycle(fixture.options(teacher, { output: fixture.path('eager'), eager: true }));
    for (const name of ['selected.jsonl', 'rejected.jsonl']) {
      expect(await fixture.output(name, 'eager')).toBe(await fixture.output(name, 'lazy'));
    }
    const candidates = await fixture.rows('candidates.jsonl', 'eager');
    expect(candidates).toHaveLength(3 * ROWS);
    for (const { ifd, rifd } of candidates) expect([typeof ifd, typeof rifd]).toEqual(['number', 'number']);
  });

  it('in processes of their own ends as one in this process', async () => {
    await using teacher = await startRecyclingTeacher();
    const lines = await shortRows(ROWS);
    await fixture.writeRows([...lines, ...lines.slice(0, 2)]);
    const options = fixture.options(teacher, { deterministic: true, threads: 2 });
    await recycle({ ...options, output: fixture.path('here') });
    const devices = ['cpu', 'cpu'] as const;
    await recycle({ ...options, output: fixture.path('there'), device: undefined, devices });
    expect(await fixture.outputs('there')).toEqual(await fixture.outputs('here'));
  });

  it('in which no reply was usable is an error in the server’s words, and goes on once that is mended', async () => {
    let isMended = false;
    await using teacher = await startRecyclingTeacher(() =>
      isMended ? undefined : { kind: 'reply', content: null, refusal: 'I do not write for machines.' },
    );
    await fixture.writeRows(await shortRows(2));
    const notices: TeacherNotice[] = [];
    const options = fixture.options(teacher, { onNotice: (notice) => notices.push(notice) });
    await expect(recycle(options)).rejects.toMatchObject({
      code: 'teacher_unusable',
      message:
        "None of the teacher's replies can be used. refused (4): The teacher refused: I do not write for machines.",
      remedy: expect.stringContaining('`retryFailed`'),
    });
    // Of four failures the first was told of at once.
    expect(notices).toEqual([
      {
        ...{ kind: 'failed', reason: 'refused', row: expect.any(Number) },
        ...{
          detail: expect.stringContaining('for machines'),
          remedy: expect.stringContaining('another model'),
        },
      },
    ]);
    const { failures } = (await runStatus(fixture.path('run'))).teacher;
    expect(failures).toMatchObject([
      { reason: 'refused', count: 4, detail: expect.stringContaining('for machines') },
    ]);

    isMended = true;
    await expect(recycle(options)).rejects.toMatchObject({ code: 'teacher_unusable' });
    const { kind, summary } = await recycle({ ...options, retryFailed: true });
    expect(kind).toBe('finished');
    // What was asked in vain has cost something, so it stays in the count.
    expect(summary.teacher).toMatchObject({ answered: 4, failed: 4 });
  });

  it('says on the screen and in its summary for what reasons replies failed, in the commonest words', async () => {
    let refusals = 0;
    await using teacher = await startRecyclingTeacher((_, kind) => {
      if (kind === 'response') return undefined;
      return { kind: 'reply', content: null, refusal: refusals++ === 0 ? 'Not today.' : 'Never.' };
    });
    await fixture.writeRows(await shortRows(3));
    const { summary } = await recycle(fixture.options(teacher));
    const failures = [{ reason: 'refused', count: 3, detail: 'The teacher refused: Never.' }];
    expect(summary.teacher.failures).toEqual(failures);
    expect(JSON.parse(await fixture.output('summary.json')).teacher.failures).toEqual(failures);
    const screen = renderRunSummary(summary);
    expect(screen).toMatch(/^ {2}requests without a usable reply +3\n {4}refused +3$/m);
    expect(screen).toMatch(/^refused: The teacher refused: Never\.$/m);
  });

  it('keeps what its teacher thought, and counts it, and what it had in its cache', async () => {
    await using teacher = await startRecyclingTeacher();
    await using thinking = await startScriptedTeacher(({ body }) => {
      const isProbe = body.response_format.json_schema.name === 'probe';
      return {
        kind: 'reply',
        content: JSON.stringify(isProbe ? { word: 'ready' } : recycledFields(body)),
        message: { reasoning_content: 'Hm, let me see.' },
        usage: {
          ...{ prompt_tokens: 1000, completion_tokens: 500 },
          prompt_tokens_details: { cached_tokens: 800 },
          completion_tokens_details: { reasoning_tokens: 400 },
        },
      };
    });
    await fixture.writeRows(await shortRows(1));
    const prices = { promptPrice: 10, replyPrice: 40, cachedPrice: 1 };
    const { summary } = await recycle(fixture.options(teacher, { baseUrl: thinking.baseUrl, ...prices }));
    const [audit] = await fixture.rows('audit.jsonl');
    expect(audit.reflections).toHaveLength(2);
    for (const reflection of audit.reflections) {
      expect(reflection).toMatchObject({
        ...{ reasoning: 'Hm, let me see.', prompt_tokens: 1000, completion_tokens: 500 },
        ...{ cached_tokens: 800, reasoning_tokens: 400 },
      });
    }
    const each = (200 * 10 + 800 * 1 + 500 * 40) / 1e6;
    expect(summary.teacher.cost).toBeCloseTo(2 * each, 9);
    expect(thinking.seen.at(-1)!.body.max_tokens).toBe(2048 + 8192);
  });

  it('tells at once, and in its summary, what its student’s file was warned of', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(1));
    const student = await writeUnnamedPreTokenizer(fixture.directory);
    const notices: TeacherNotice[] = [];
    const onNotice = (notice: TeacherNotice) => notices.push(notice);
    const { summary } = await recycle(fixture.options(teacher, { student, onNotice }));
    const detail = expect.stringMatching(/^student old\.gguf: .*tokenizer\.ggml\.pre/);
    expect(notices).toEqual([{ kind: 'warning', detail }]);
    expect(summary.model_warnings).toEqual([detail]);
    expect(JSON.parse(await fixture.output('summary.json'))).toEqual(summary);
  });

  it('that is complete is not done again, nor is one row twice', async () => {
    await using teacher = await startRecyclingTeacher();
    const lines = await shortRows(2);
    await fixture.writeRows([...lines, ...lines]);
    await recycle(fixture.options(teacher));
    expect(teacher.asked).toHaveLength(4);
    const before = await fixture.outputs();
    const audits = await fixture.rows('audit.jsonl');
    const told = audits.map(({ row, line, ...rest }) => rest);
    expect(told.slice(2)).toEqual(told.slice(0, 2));

    expect(await recycle(fixture.options(teacher))).toMatchObject({ kind: 'complete' });
    expect(teacher.asked).toHaveLength(4);
    expect(await fixture.outputs()).toEqual(before);
    expect(await runStatus(fixture.path('run'))).toMatchObject({
      phase: 'finished',
      progress: { rows: 4 },
      teacher: { answered: 4, promptTokens: 400, completionTokens: 200 },
    });
  });

  it('goes on with other thresholds for nothing, and says what other options would waste', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(3));
    await recycle(fixture.options(teacher));
    const asked = teacher.asked.length;

    const starts: RecycleStart[] = [];
    const onStart = (start: RecycleStart) => starts.push(start);
    const all = { maxIfd: 100, maxRifd: 100, keep: 'all' } as const;
    const { summary } = await recycle(fixture.options(teacher, { ...all, onStart }));
    expect(summary.selected).toBe(3);
    expect(teacher.asked).toHaveLength(asked);
    expect(starts[0]!.changes).toMatchObject({
      invalidated: [],
      harmless: [expect.stringContaining('keep')],
    });

    const warmer = { temperature: 0.5 };
    await expect(recycle(fixture.options(teacher, warmer))).rejects.toMatchObject({
      code: 'resume_mismatch',
      message: expect.stringContaining('temperature was 0 and is 0.5'),
      remedy: expect.stringContaining('`acceptChanges`'),
    });
    expect(teacher.asked).toHaveLength(asked);
    await recycle(fixture.options(teacher, { ...warmer, acceptChanges: true }));
    expect(teacher.asked).toHaveLength(2 * asked);
  });

  it('keeps the rows of a dataset that grew and was reordered', async () => {
    await using teacher = await startRecyclingTeacher();
    const lines = await shortRows(6);
    await fixture.writeRows(lines.slice(0, 4));
    await recycle(fixture.options(teacher));
    const asked = teacher.asked.length;
    const withoutPlace = ({ row, line, ...rest }: Record<string, unknown>) => rest;
    const before = (await fixture.rows('audit.jsonl')).map(withoutPlace);

    await fixture.writeRows([...lines.slice(4), ...lines.slice(0, 4).reverse()]);
    await recycle(fixture.options(teacher));
    expect(teacher.asked).toHaveLength(asked + 4);
    const after = (await fixture.rows('audit.jsonl')).map(withoutPlace);
    expect(after.slice(2)).toEqual(before.reverse());
  });

  it('of an array selects an array', async () => {
    await using teacher = await startRecyclingTeacher();
    const lines = await shortRows(4);
    await fixture.writeRows(lines);
    const keepAll = { keep: 'all', maxIfd: 100, maxRifd: 100 } as const;
    await recycle(fixture.options(teacher, keepAll));
    const selected = await fixture.rows('selected.jsonl');
    expect(selected).toHaveLength(4);

    await fixture.writeRows([`\uFEFF [${lines.join(',\n')}]`]);
    await recycle(fixture.options(teacher, keepAll));
    expect(JSON.parse(await fixture.output('selected.json'))).toEqual(selected);
    await expect(fixture.output('selected.jsonl')).rejects.toMatchObject({ code: 'ENOENT' });

    await recycle(fixture.options(teacher, { maxIfd: 1e-9 }));
    expect(JSON.parse(await fixture.output('selected.json'))).toEqual([]);
    await fixture.writeRows(lines);
    await recycle(fixture.options(teacher, keepAll));
    expect(await fixture.rows('selected.jsonl')).toEqual(selected);
    await expect(fixture.output('selected.json')).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('counts failed reflections apart, decides without them, and asks again only when told', async () => {
    let isStubborn = true;
    await using teacher = await startRecyclingTeacher((_, kind) =>
      kind === 'instruction' && isStubborn ? { kind: 'reply', content: null, refusal: 'No.' } : undefined,
    );
    await fixture.writeRows(await shortRows(3));
    const { summary } = await recycle(fixture.options(teacher));
    expect(summary.reflections.instruction).toEqual({
      ...{ preferred: 0, refused: 0, uncompared: 0, unchanged: 0 },
      failed: { refused: 3 },
    });
    expect(summary.reflections.response).toMatchObject({ failed: {} });
    for (const { steps, reflections } of await fixture.rows('audit.jsonl')) {
      expect(steps[0]).toEqual({ kind: 'instruction', chosen: 'original', reason: 'no_candidate' });
      expect(reflections[0]).toMatchObject({ variant: 'instruction', status: 'failed', reason: 'refused' });
    }
    const asked = teacher.asked.length;
    await recycle(fixture.options(teacher, { maxIfd: 2 }));
    expect(teacher.asked).toHaveLength(asked);

    isStubborn = false;
    const again = await recycle(fixture.options(teacher, { maxIfd: 2, retryFailed: true }));
    expect(again.summary.reflections.instruction.failed).toEqual({});
    expect(again.summary.teacher.failed).toBe(3);
    expect(new Set(teacher.asked.slice(asked, asked + 3))).toEqual(new Set(teacher.asked.slice(0, 3)));
  });

  it('loses no row to whatever a server does, nor lets one bad reply hold up the others', async () => {
    const once: readonly TeacherAction[] = [
      { kind: 'status', status: 429 },
      { kind: 'status', status: 429, headers: { 'retry-after': '0' } },
      { kind: 'status', status: 500 },
      { kind: 'raw', body: 'Oops' },
      { kind: 'cut' },
    ];
    const always: Readonly<Record<string, TeacherAction>> = {
      timeout: { kind: 'drip' },
      server_error: { kind: 'endless' },
      refused: { kind: 'reply', content: null, refusal: 'No.' },
      truncated: { kind: 'reply', content: '{"topic_complexity": "It', finishReason: 'length', usage: null },
      unparsable: { kind: 'reply', content: '{"wrong": "schema"}' },
      empty: { kind: 'reply', content: '' },
    };
    const lines = await shortRows(once.length + Object.keys(always).length + 2);
    const fates = new Map<string, { readonly action: TeacherAction; readonly isLasting: boolean }>();
    const open = [
      ...once.map((action) => ({ action, isLasting: false })),
      ...Object.values(always).map((action) => ({ action, isLasting: true })),
    ];
    await using teacher = await startRecyclingTeacher((digest, kind) => {
      if (kind === 'response') return undefined;
      const met = fates.get(digest);
      const fate = met ?? open.shift();
      if (fate !== undefined) fates.set(digest, fate);
      return fate !== undefined && (fate.isLasting || met === undefined) ? fate.action : undefined;
    });
    await fixture.writeRows(lines);
    const requestTimeout = 2.5;
    const limits = { requestTimeout, maxResponseBytes: 300_000 };
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const running = recycle(fixture.options(teacher, limits));
    // time passes once all but the reply that drips are there
    await until(async () => (await repliesKept(fixture.path('run'))) === lines.length - 1);
    vi.advanceTimersByTime(1000 * requestTimeout);
    const { summary } = await running;
    const { failed } = summary.reflections.instruction;
    expect(failed).toEqual(Object.fromEntries(Object.keys(always).map((reason) => [reason, 1])));
    expect(summary.rows).toBe(lines.length);
    expect(summary.selected + summary.rejected).toBe(lines.length);
    expect(summary.teacher.retries).toBeGreaterThanOrEqual(once.length);
  });

  it('scores rows while others are with the teacher, and asks while rows are scored', async () => {
    const mark = 'Second group.';
    const rows = (await shortRows(ROWS_PER_GROUP + 4)).map((line, i) => {
      const row = JSON.parse(line);
      return i < ROWS_PER_GROUP ? line : JSON.stringify({ ...row, output: `${row.output} ${mark}` });
    });
    const secondAsked = gate();
    const firstScored = gate();
    // Each group waits for the other, told apart by their rows and not by when these come. Were all rows to be
    // reflected before any is scored, or one group to follow the other, neither would ever go on.
    let isFirst = true;
    await using teacher = await startRecyclingTeacher(async (_, kind, prompt) => {
      // A server that has answered none yet is not asked for more than a few.
      if (kind === 'response' || isFirst) {
        isFirst = false;
        return undefined;
      }
      const isSecond = prompt.includes(mark);
      if (isSecond) secondAsked.open();
      await (isSecond ? firstScored : secondAsked).opened;
      return undefined;
    });
    await fixture.writeRows(rows);
    const progress: number[] = [];
    const onProgress = (update: RecycleProgress) => {
      progress.push(update.rows);
      if (update.scored > 0) firstScored.open();
    };
    const concurrency = 2 * rows.length;
    const { summary } = await recycle(fixture.options(teacher, { concurrency, onProgress }));
    expect(summary.rows).toBe(rows.length);
    expect(progress).toEqual([ROWS_PER_GROUP, rows.length, rows.length]);
  });

  it('that the budget stopped goes on, with more of it, to the same outputs', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(ROWS));
    const whole = fixture.options(teacher, { output: fixture.path('whole'), maxReplyTokens: 1000 });
    await recycle(whole);
    const asked = teacher.asked.length;

    const maxTeacherTokens = 6200;
    const poor = { ...whole, output: fixture.path('run'), maxTeacherTokens };
    await expect(recycle(poor)).rejects.toMatchObject({ code: 'budget_exhausted' });
    const { phase, teacher: totals } = await runStatus(fixture.path('run'));
    expect(phase).toBe('stopped');
    expect(totals.answered).toBeGreaterThan(0);
    expect(totals.promptTokens + totals.completionTokens).toBeLessThanOrEqual(maxTeacherTokens);
    await recycle({ ...whole, output: fixture.path('run') });
    expect(teacher.asked).toHaveLength(2 * asked);
    expect(await fixture.outputs()).toEqual(await fixture.outputs('whole'));
  });

  it('that a signal ended keeps the replies under way, and goes on to the same outputs', async () => {
    let interrupt = () => {};
    await using teacher = await startRecyclingTeacher((_, kind) => {
      if (kind === 'response') interrupt();
      return undefined;
    }, 5);
    await fixture.writeRows(await shortRows(ROWS));
    await recycle(fixture.options(teacher, { output: fixture.path('whole') }));
    const asked = teacher.asked.length;

    const controller = new AbortController();
    interrupt = () => controller.abort();
    const options = fixture.options(teacher, { concurrency: 2 });
    await expect(recycle({ ...options, signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    const underWay = teacher.asked.length - asked - ROWS;
    expect(underWay).toBeLessThanOrEqual(3);
    expect(await runStatus(fixture.path('run'))).toMatchObject({
      phase: 'stopped',
      teacher: { answered: ROWS + underWay },
    });
    await recycle(options);
    expect(teacher.asked).toHaveLength(2 * asked);
    expect(await fixture.outputs()).toEqual(await fixture.outputs('whole'));
  });

  it('is repeated from its journal, without a server', async () => {
    const teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(4));
    const options = fixture.options(teacher);
    const journal = fixture.path('replies.jsonl');
    await recycle({ ...options, journal });
    await teacher[Symbol.asyncDispose]();
    const output = fixture.path('repeated');
    const { summary } = await recycle({
      ...options,
      output,
      teacher: `replay:${journal}`,
      ...{ baseUrl: undefined, retryWait: undefined },
    });
    expect(summary.teacher).toMatchObject({ answered: 8, failed: 0 });
    for (const name of ['selected.jsonl', 'rejected.jsonl', 'candidates.jsonl']) {
      expect(await fixture.output(name, 'repeated')).toBe(await fixture.output(name));
    }
  });

  it('is refused to a second process, which learns of the first', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(1));
    await recycle(fixture.options(teacher));
    const lock = await OutputLock.acquire(fixture.path('run/run.lock'));
    await expect(recycle(fixture.options(teacher))).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining(`Process ${process.pid} on ${hostname()}`),
    });
    expect(await runStatus(fixture.path('run'))).toMatchObject({ phase: 'running' });
    await lock.release();
  });

  it('stops at once without a server', async () => {
    const teacher = await startRecyclingTeacher();
    await teacher[Symbol.asyncDispose]();
    await fixture.writeRows(await shortRows(2));
    await expect(recycle(fixture.options(teacher))).rejects.toMatchObject({ code: 'teacher_unreachable' });
  });

  it('refuses to replace its own dataset', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(1));
    await recycle(fixture.options(teacher));
    const dataset = fixture.path('run/rejected.jsonl');
    await expect(recycle(fixture.options(teacher, { dataset }))).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('which this command reads'),
    });
  });

  it.each(['manifest.json', 'selected.jsonl', 'audit.jsonl', 'summary.json'])(
    'says that %s cannot be written',
    async (name) => {
      await using teacher = await startRecyclingTeacher();
      await fixture.writeRows(await shortRows(1));
      // written beside its place first
      await mkdir(fixture.path(join('run', `${name}.tmp`)), { recursive: true });
      await expect(recycle(fixture.options(teacher))).rejects.toMatchObject({
        code: 'output_unwritable',
        message: expect.stringContaining(`Cannot write ${fixture.path(join('run', name))}: `),
      });
    },
  );

  it('refuses a state that is none', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(await shortRows(1));
    await recycle(fixture.options(teacher));
    await writeFile(fixture.path('run/state.db'), 'no database'.repeat(100));
    await expect(recycle(fixture.options(teacher))).rejects.toMatchObject({ code: 'journal_unreadable' });
  });
});

/** Replies in the state of a run, 0 while there is none. */
async function repliesKept(run: string): Promise<number> {
  const { teacher } = await runStatus(run).catch(() => ({ teacher: { answered: 0, failed: 0 } }));
  return teacher.answered + teacher.failed;
}

describe('other modes', () => {
  it('v1 keeps every row, reflected as far as it could be, and needs no student', async () => {
    let refusals = 0;
    await using teacher = await startRecyclingTeacher((_, kind) =>
      kind === 'instruction' && refusals++ === 0
        ? { kind: 'reply', content: null, refusal: 'No.' }
        : undefined,
    );
    await fixture.writeRows(await shortRows(4));
    const { summary } = await recycle({ ...fixture.place, ...asking(teacher), mode: 'v1' });
    expect(summary).toMatchObject({
      selected: 4,
      rejected: 0,
      outcomes: { original: 0, instruction: 0, response: 1, both: 3 },
    });
    const candidates = await fixture.rows('candidates.jsonl');
    for (const { id, outcome, output } of await fixture.rows('selected.jsonl')) {
      const made = candidates.find((row) => row.id === id && row.variant === outcome);
      expect(output).toBe(made.output);
    }
  });

  it('score-only rates the candidates that rows bring with them, and needs no teacher', async () => {
    const row = { instruction: 'Name a colour.', output: 'Red.' };
    const response = { output: 'Red is a colour, as the one of a ripe tomato.' };
    const instruction = { instruction: 'Name two colours.', output: 'Red and green.' };
    await using teacher = await startRecyclingTeacher();
    const options = { ...fixture.place, ...STUDENT, mode: 'score-only' } as const;
    await fixture.writeRows([
      JSON.stringify({ ...row, candidates: { instruction, response, both: response } }),
      JSON.stringify({ ...row, candidates: { response: { output: 7 } } }),
      JSON.stringify(row),
    ]);
    const { summary } = await recycle({ ...options, eager: true });
    expect(summary.rows).toBe(3);
    const candidates = await fixture.rows('candidates.jsonl');
    expect(candidates.map((candidate) => candidate.variant)).toEqual(['instruction', 'response', 'both']);
    const rejected = await fixture.rows('rejected.jsonl');
    expect(rejected.slice(-2)).toMatchObject([
      { reason: 'no_response_candidate' },
      { reason: 'no_response_candidate' },
    ]);
    expect(teacher.server.seen).toEqual([]);
  });

  it.each([
    ['a teacher without a student', { teacher: 'openai:x' }, 'student'],
    ['a student without a teacher', { student: 'x.gguf' }, 'teacher'],
    ['mode v1 with a student', { mode: 'v1', teacher: 'openai:x', student: 'x.gguf' }, 'student'],
    [
      'mode score-only with a teacher',
      { mode: 'score-only', teacher: 'openai:x', student: 'x.gguf' },
      'teacher',
    ],
    ['a misspelt option', { mode: 'v1', teacher: 'openai:x', maxCosts: 1 }, 'maxCosts'],
  ] as const)('is refused with %s', async (_, changes, option) => {
    await expect(recycle({ ...fixture.place, ...changes })).rejects.toMatchObject({
      code: 'invalid_option',
      option,
    });
  });
});

describe('reflect', () => {
  it('makes all candidates, which a run there or a run of its file asks for no more', async () => {
    await using teacher = await startRecyclingTeacher();
    const lines = await shortRows(4);
    await fixture.writeRows(['{"no": "sample"}', ...lines]);
    const stage = { ...fixture.place, ...asking(teacher) };
    const { file, teacher: totals } = await reflect(stage);
    expect(totals.answered).toBe(12);
    const reflected = await fixture.rows('reflected.jsonl');
    expect(reflected).toHaveLength(5);
    expect(reflected[0]).toEqual({ no: 'sample', candidates: {} });
    for (const [i, line] of lines.entries()) {
      const { candidates, ...own } = reflected[i + 1];
      expect(own).toEqual(JSON.parse(line));
      expect(Object.keys(candidates)).toEqual(['instruction', 'response', 'both']);
    }
    const bytes = await fixture.output('reflected.jsonl');
    await reflect(stage);
    expect(await fixture.output('reflected.jsonl')).toBe(bytes);

    await recycle({ ...stage, ...STUDENT });
    expect(teacher.asked).toHaveLength(12);
    const rated = { dataset: file, output: fixture.path('rated'), mode: 'score-only' } as const;
    await recycle({ ...rated, ...STUDENT });
    const decisions = async (run: string) =>
      (await fixture.rows('audit.jsonl', run)).map(({ row, outcome, winner, reason, steps }) => ({
        ...{ row, outcome, winner, reason, steps },
      }));
    expect(await decisions('rated')).toEqual(await decisions('run'));
  });
});
