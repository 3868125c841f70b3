import { readFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataset } from '../../src/dataset/open-dataset.js';
import { scoreDataset } from '../../src/pipeline/score-dataset.js';
import { recycle } from '../../src/recycle/recycle.js';
import type { RecycleOptions } from '../../src/recycle/recycle-options.js';
import { reflect } from '../../src/recycle/reflect.js';
import { columnFile } from '../columns/fixtures.js';
import { CHAT_LAYOUTS, type Message } from '../helpers/chat-layouts.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { tinyChatModel } from '../models/tiny-models.js';
import { asking, RecycleFixture } from './recycle-fixture.js';
import { type RecyclingTeacher, startRecyclingTeacher } from './recycling-teacher.js';

let fixture: RecycleFixture;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
});
afterEach(() => fixture.remove());

/** With a template of its own. */
const chatStudent = () => tinyChatModel('qwen2', { '': 'chatml' });

const KEEP_ALL = { keep: 'all', maxIfd: 1e9, maxRifd: 1e9 } as const;

function options(teacher: RecyclingTeacher, changes: Partial<RecycleOptions> = {}): RecycleOptions {
  // what else is in a batch shows in the last digits
  const scoring = { device: 'cpu', threads: 1, checkFile: false, deterministic: true } as const;
  return { ...fixture.place, ...asking(teacher), student: TINY_STUDENT, ...scoring, ...changes };
}

function chat(i: number): readonly Message[] {
  return [
    { role: 'system', content: `Be brief, ${i}.` },
    { role: 'user', content: `Name a colour, ${i}.` },
    { role: 'assistant', content: `Blue, say ${i}.` },
    { role: 'user', content: 'Why that one?' },
    { role: 'assistant', content: `The sky is blue ${i} times.` },
  ];
}

const CHATS = [0, 1, 2, 3, 4, 5].map(chat);

async function writeChats(layout: string): Promise<void> {
  const { spell } = CHAT_LAYOUTS[layout]!;
  await fixture.writeRows(CHATS.map((turns, id) => JSON.stringify({ id, ...spell(turns), note: 1.5 })));
}

describe('a run on chats', () => {
  it.each(['v2', 'v1'] as const)(
    'in mode %s selects the same in every layout, each row in its own',
    async (mode) => {
      await using teacher = await startRecyclingTeacher();
      const way = mode === 'v1' ? { ...fixture.place, ...asking(teacher), mode } : options(teacher, KEEP_ALL);
      const results: unknown[] = [];
      for (const [layout, { read }] of Object.entries(CHAT_LAYOUTS)) {
        await writeChats(layout);
        const output = fixture.path(`run-${results.length}`);
        const { summary } = await recycle({ ...way, output });
        expect(summary).toMatchObject({ rows: CHATS.length, selected: CHATS.length });
        const selected = await fixture.rows('selected.jsonl', `run-${results.length}`);
        results.push(
          selected.map(({ outcome, ...row }) => ({
            id: row.id,
            note: row.note,
            outcome,
            turns: read(row),
          })),
        );
      }
      for (const result of results) expect(result).toEqual(results[0]);
      // replies are the same, so that all but the first found different requests would ask more
      expect(new Set(teacher.asked).size).toBe(teacher.asked.length / results.length);
      const selected = results[0] as { outcome: string; id: number; turns: Message[] }[];
      expect(selected.map(({ outcome }) => outcome)).toContain(mode === 'v1' ? 'both' : 'response');
      for (const { id, outcome, turns } of selected) {
        const before = CHATS[id]!;
        expect(turns.slice(0, 3)).toEqual(before.slice(0, 3));
        const isAsked = turns[3]!.content === before[3]!.content;
        const isAnswered = turns[4]!.content === before[4]!.content;
        expect([isAsked, isAnswered]).toEqual([
          outcome === 'original' || outcome === 'response',
          outcome === 'original',
        ]);
      }
    },
  );

  it('shows the teacher the conversation up to the turn', async () => {
    const prompts: string[] = [];
    await using teacher = await startRecyclingTeacher((_, __, prompt) => {
      prompts.push(prompt);
      return undefined;
    });
    await fixture.writeRows([JSON.stringify({ messages: CHATS[0] })]);
    await recycle(options(teacher));
    for (const prompt of prompts) {
      for (const { content } of CHATS[0]!.slice(0, 3))
        expect(prompt).toContain(`>>>\n${content}\n<<<END CONTEXT`);
    }
    expect(prompts[0]).toContain('>>>\nWhy that one?\n<<<END INSTRUCTION');
    expect(prompts[0]).toContain('>>>\nThe sky is blue 0 times.\n<<<END ANSWER');
  });

  it.each(['alpaca', 'chat'])('decides by the scores of the turn, with the template %s', async (template) => {
    await using teacher = await startRecyclingTeacher();
    await writeChats('messages');
    const student = template === 'chat' ? await chatStudent() : TINY_STUDENT;
    await recycle(options(teacher, { ...KEEP_ALL, student, template, eager: true }));
    const selected = await fixture.rows('selected.jsonl');
    await scoreDataset({
      ...{ dataset: fixture.dataset, output: fixture.path('before.jsonl'), student, template },
      ...{ device: 'cpu', threads: 1, deterministic: true },
    });
    await scoreDataset({
      ...{
        dataset: fixture.path('run/selected.jsonl'),
        output: fixture.path('after.jsonl'),
        student,
        template,
      },
      ...{ device: 'cpu', threads: 1, deterministic: true },
    });
    const scored = async (name: string) =>
      (await readFile(fixture.path(name), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).turns.at(-1));
    const [before, after] = [await scored('before.jsonl'), await scored('after.jsonl')];
    for (const [i, { turn, scores, outcome }] of (await fixture.rows('audit.jsonl')).entries()) {
      expect(turn).toBe(4);
      expect([scores.original.ifd.value, scores.original.rifd.value]).toEqual([
        before[i].ifd_ppl,
        before[i].rifd_ppl,
      ]);
      expect([scores[outcome].ifd.value, scores[outcome].rifd.value]).toEqual([
        after[i].ifd_ppl,
        after[i].rifd_ppl,
      ]);
      expect(selected[i].outcome).toBe(outcome);
    }
  });

  it('with all turns replaces the answers of earlier ones too, and their questions never', async () => {
    await using teacher = await startRecyclingTeacher();
    await writeChats('encoded messages');
    const { summary } = await recycle(options(teacher, { ...KEEP_ALL, turns: 'all' }));
    expect(summary).toMatchObject({ rows: 6, selected: 6, turns: 12 });
    const audits = await fixture.rows('audit.jsonl');
    const candidates = await fixture.rows('candidates.jsonl');
    for (const [i, row] of (await fixture.rows('selected.jsonl')).entries()) {
      const turns = JSON.parse(row.messages) as Message[];
      expect(row.outcomes.map(({ turn }: { turn: number }) => turn)).toEqual([2, 4]);
      expect(audits[i]).toMatchObject({ turn: 4, other_turns: [{ turn: 2 }] });
      expect(turns[1]).toEqual(CHATS[i]![1]);
      for (const { turn, outcome } of row.outcomes) {
        const candidate = candidates.find(
          (one) => one.id === row.id && one.turn === turn && one.variant === outcome,
        );
        const { output } = candidate ?? { output: CHATS[i]![turn]!.content };
        expect(turns[turn]!.content).toBe(output);
      }
    }
    expect(candidates.filter(({ turn }) => turn === 2).every(({ variant }) => variant === 'response')).toBe(
      true,
    );
  });

  it('interrupted ends byte for byte as one that was not', async () => {
    let interrupt = () => {};
    let asked = 0;
    await using teacher = await startRecyclingTeacher(() => {
      asked += 1;
      if (asked === 5) interrupt();
      return undefined;
    });
    await writeChats('sharegpt');
    const all = { turns: 'all', student: await chatStudent(), template: 'chat' } as const;
    await recycle(options(teacher, { ...all, output: fixture.path('whole') }));
    asked = 0;
    const controller = new AbortController();
    interrupt = () => controller.abort();
    const broken = options(teacher, all);
    await expect(recycle({ ...broken, signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    interrupt = () => {};
    await recycle(broken);
    expect(await fixture.outputs()).toEqual(await fixture.outputs('whole'));
  });

  it.each(['last', 'all'] as const)('takes the candidates that reflect made of %s', async (turns) => {
    await using teacher = await startRecyclingTeacher();
    await writeChats('messages');
    await recycle(options(teacher, { turns, output: fixture.path('live') }));
    const { file } = await reflect({ ...fixture.place, ...asking(teacher), turns });
    const { teacher: _, baseUrl: __, retryWait: ___, ...scoring } = options(teacher, { turns });
    const carried = {
      ...scoring,
      dataset: file,
      mode: 'score-only',
      output: fixture.path('carried'),
    } as const;
    await recycle(carried);
    const plain = ({ candidates, ...row }: Record<string, unknown>) => row;
    expect((await fixture.rows('selected.jsonl', 'carried')).map(plain)).toEqual(
      await fixture.rows('selected.jsonl', 'live'),
    );
  });

  it('of a Parquet file selects a Parquet file, with the new texts in its nested columns', async () => {
    await using teacher = await startRecyclingTeacher();
    const dataset = columnFile('chats-zstd.parquet');
    await recycle({ ...fixture.place, ...asking(teacher), dataset, mode: 'v1' });
    const candidates = await fixture.rows('candidates.jsonl');
    const answers: string[] = [];
    using selected = await openDataset(fixture.path('run/selected.parquet'), {});
    for await (const row of selected.rows) {
      if (row.kind !== 'conversation') throw new Error(row.kind);
      const { text, toolCalls } = row.conversation.turns.at(-1)!;
      if (toolCalls.length === 0) answers.push(text);
    }
    // answers that call tools stay as they are
    expect(answers.length).toBeGreaterThan(2);
    const made = candidates.filter(({ variant }) => variant === 'both').map(({ output }) => output);
    expect(answers).toEqual(made);
  });

  it('decides a preference by its chosen side, whose answer alone may change', async () => {
    await using teacher = await startRecyclingTeacher();
    const rows = CHATS.map((turns, id) => ({
      ...{ id, chosen: turns, rejected: [...turns.slice(0, -1), { role: 'assistant', content: 'No.' }] },
    }));
    await fixture.writeRows(rows.map((row) => JSON.stringify(row)));
    await recycle(options(teacher, KEEP_ALL));
    const selected = await fixture.rows('selected.jsonl');
    for (const [i, { chosen, rejected, outcome }] of selected.entries()) {
      expect(rejected).toEqual(rows[i]!.rejected);
      expect(chosen.slice(0, -1)).toEqual(rows[i]!.chosen.slice(0, -1));
      expect(['original', 'response']).toContain(outcome);
    }
    expect(selected.some(({ outcome }) => outcome === 'response')).toBe(true);
  });

  it('decides anew what was read in another layout, or of which other turns were asked for', async () => {
    await using teacher = await startRecyclingTeacher();
    await fixture.writeRows(
      CHATS.map((messages) => JSON.stringify({ messages, prompt: 'p', completion: 'c' })),
    );
    await recycle(options(teacher));
    expect(await recycle(options(teacher))).toMatchObject({ kind: 'complete' });
    expect(await recycle(options(teacher, { turns: 'all' }))).toMatchObject({ kind: 'finished' });
    expect(await recycle(options(teacher, { layout: 'prompt-completion' }))).toMatchObject({
      kind: 'finished',
    });
  });
});
