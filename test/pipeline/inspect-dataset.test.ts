import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectDataset } from '../../src/pipeline/inspect-dataset.js';
import { tinyChatModel } from '../models/tiny-models.js';

const say = (role: string, content: string, more: object = {}) => ({ role, content, ...more });
const ROWS = [
  { messages: [say('system', 'Be brief.'), say('user', 'Hi.'), say('assistant', 'Hello.')] },
  {
    messages: [
      say('user', 'One?'),
      say('assistant', 'No.', { loss: false }),
      say('user', 'Two?'),
      say('assistant', 'Yes.'),
    ],
  },
  { messages: [say('narrator', 'Once.')] },
  { messages: [say('user', 'Hi.'), say('assistant', 'word '.repeat(400))] },
];

let directory: string;
let dataset: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inspect-dataset-'));
  dataset = join(directory, 'rows.jsonl');
  await writeFile(dataset, ROWS.map((row) => JSON.stringify(row)).join('\n'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('inspectDataset', () => {
  it('says what is in a dataset, and what of its rows is scored', async () => {
    const { found, profile, student, shown } = await inspectDataset({ dataset, show: 3 });
    expect(found.layout).toEqual({ name: 'messages', columns: { messages: 'messages' }, tags: {} });
    expect(profile).toMatchObject({
      rows: 4,
      sequences: [
        { roles: 'system user assistant', rows: 1 },
        { roles: 'user -assistant user assistant', rows: 1 },
        { roles: 'user assistant', rows: 1 },
      ],
      targets: 3,
      masked: 1,
      unscorable: [{ reason: 'unknown_role', rows: 1, example: expect.stringContaining('"narrator"') }],
    });
    expect(student).toBeUndefined();
    const targetsOf = ({ pieces }: (typeof shown)[number]) =>
      pieces?.filter(({ isTarget }) => isTarget).map(({ text }) => text);
    expect(shown.map(targetsOf)).toEqual([['Hello.'], ['Yes.'], undefined]);
    expect(shown[2]!.problem).toMatchObject({ reason: 'unknown_role' });
  });

  it('counts in the tokens of a student, and what would be cut, in its own template', async () => {
    const student = await tinyChatModel('qwen2', { '': 'chatml' });
    const inspected = await inspectDataset({ dataset, student, template: 'chat', maxLength: 128, show: 1 });
    expect(inspected.student).toMatchObject({ maxLength: 128, cut: 1, shortened: 0, tokens: { max: 128 } });
    const [first] = inspected.shown;
    expect(first!.pieces!.map(({ text }) => text).join('')).toBe(
      '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nHi.<|im_end|>\n<|im_start|>assistant\nHello.<|im_end|>\n',
    );
    expect(first!.pieces!.filter(({ isTemplate }) => !isTemplate).map(({ text }) => text)).toEqual([
      'Be brief.',
      'Hi.',
      'Hello.',
    ]);
  });

  it('marks the token that ends a turn where it is scored', async () => {
    const student = await tinyChatModel('qwen2', { '': 'chatml' });
    const own = { dataset, student, template: 'chat', show: 1 } as const;
    const targets = async (endOfTurn: boolean) =>
      (await inspectDataset({ ...own, endOfTurn })).shown[0]!.pieces!.filter(({ isTarget }) => isTarget);
    expect((await targets(false)).map(({ text }) => text)).toEqual(['Hello.']);
    expect((await targets(true)).map(({ text }) => text)).toEqual(['Hello.', '<|im_end|>']);
  });

  it('needs a student for the student’s own template', async () => {
    await expect(inspectDataset({ dataset, template: 'chat' })).rejects.toMatchObject({
      code: 'invalid_option',
      option: 'template',
    });
  });
});
