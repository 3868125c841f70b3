import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareScores } from '../../src/comparison/compare-scores.js';
import { scoreDataset } from '../../src/pipeline/score-dataset.js';
import { select } from '../../src/select/select.js';
import type { JsonObject } from '../../src/util/json-value.js';
import { CHAT_LAYOUTS, type Message } from '../helpers/chat-layouts.js';
import { TINY_STUDENT } from '../helpers/paths.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'every-layout-'));
});
afterAll(() => rm(directory, { recursive: true }));

const COLOURS = ['red', 'green', 'blue', 'white', 'black', 'yellow'];
const CHATS = COLOURS.map((colour): readonly Message[] => [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content: `What is ${colour}?` },
  { role: 'assistant', content: `${colour} is a colour.` },
  { role: 'user', content: 'Where is it found?' },
  { role: 'assistant', content: `Look around you: ${colour} things are everywhere.` },
]);
const SAMPLES: Readonly<Record<string, (turns: readonly Message[]) => object>> = {
  alpaca: ([, question, answer]) => ({ instruction: question!.content, input: '', output: answer!.content }),
  'alpaca by other names': ([, question, answer]) => ({ Query: question!.content, Target: answer!.content }),
  preference: ([, question, answer]) => ({
    ...{ prompt: question!.content, chosen: answer!.content, rejected: 'I cannot say.' },
  }),
};

const LAYOUTS = [
  ...Object.entries(CHAT_LAYOUTS).map(([name, { spell }]) => [name, spell] as const),
  ...Object.entries(SAMPLES),
];

const linesOf = async (name: string) => (await readFile(join(directory, name), 'utf8')).trimEnd().split('\n');
const valuesOf = async (name: string) => (await linesOf(name)).map((line) => JSON.parse(line) as JsonObject);

describe('what is scored in any layout', () => {
  it.each(LAYOUTS)('can be compared and selected from: %s', async (_, spell) => {
    const place = (name: string) => join(directory, name);
    const rows = CHATS.map((turns, id) => ({ id, ...spell(turns), note: 1.5 }));
    await writeFile(place('rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const way = { student: TINY_STUDENT, device: 'cpu', threads: 1, checkFile: false, force: true } as const;
    for (const template of ['alpaca', 'none'] as const) {
      await scoreDataset({
        dataset: place('rows.jsonl'),
        output: place(`${template}.jsonl`),
        template,
        ...way,
      });
    }
    const comparison = await compareScores(place('alpaca.jsonl'), place('none.jsonl'));
    expect(comparison.rows).toEqual({ matched: rows.length, unmatched: [0, 0] });
    expect(comparison.metrics).toMatchObject({ ifd: { rows: rows.length }, rifd: { rows: rows.length } });

    const scored = await valuesOf('alpaca.jsonl');
    const { selected } = await select({
      ...{ importScores: [place('alpaca.jsonl')], output: place('top.jsonl'), force: true },
      ...{ top: 50, maxIfd: 99, maxRifd: 99 },
    });
    expect(selected).toBe(rows.length / 2);
    const best = [...scored].sort((a, b) => Number(b.ifd_ppl) - Number(a.ifd_ppl)).slice(0, selected);
    const ids = best.map(({ id }) => id);
    expect(await valuesOf('top.jsonl')).toEqual(scored.filter(({ id }) => ids.includes(id)));
    for (const [i, row] of rows.entries()) expect(scored[i]).toMatchObject(row);
  });
});
