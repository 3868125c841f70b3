import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ON_ONE_THREAD, runCli, runCliWell } from '../helpers/run-cli.js';
import { tinyChatModel, tinyModel } from '../models/tiny-models.js';

const MESSAGES = [
  [
    { role: 'user', content: 'Name a colour.' },
    { role: 'assistant', content: 'Red.' },
  ],
  [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: 'Name a colour.' },
    { role: 'assistant', content: 'Blue.' },
    { role: 'user', content: 'Why that one?' },
    { role: 'assistant', content: 'The sky is blue.' },
  ],
];
const NAMES: Record<string, string> = { user: 'human', assistant: 'gpt', system: 'system' };

let directory: string;
let student: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'score-chats-'));
  student = await tinyChatModel('qwen2', { '': 'chatml', tool_use: 'hermes' });
});
afterAll(() => rm(directory, { recursive: true }));

let files = 0;
async function fileOf(rows: readonly unknown[]): Promise<string> {
  const file = join(directory, `${files++}.jsonl`);
  await writeFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return file;
}

async function score(rows: readonly unknown[], ...options: string[]) {
  const dataset = await fileOf(rows);
  const output = dataset.replace('.jsonl', '.scored.jsonl');
  const { stderr } = await runCliWell([
    'score',
    dataset,
    '--student',
    student,
    ...ON_ONE_THREAD,
    '-o',
    output,
    ...options,
  ]);
  const lines = (await readFile(output, 'utf8')).trimEnd().split('\n');
  return {
    stderr,
    output,
    dataset,
    scores: lines.map((line) => JSON.parse(line) as Record<string, unknown>),
  };
}

/** A row's score, whatever the row is called by. */
function figures({ ifd_ppl, rifd_ppl, loss_A_condition, ifd_turn_ppl, turns }: Record<string, unknown>) {
  return { ifd_ppl, rifd_ppl, loss_A_condition, ifd_turn_ppl, turns };
}

describe('score of chats', () => {
  it.each(['alpaca', 'chat', 'chat:tool_use'])(
    'gives the same figures in every layout, with --template %s',
    async (template) => {
      // whatever else is in a batch shows in the last digits
      const way = ['--template', template, '--deterministic'];
      const messages = await score(
        MESSAGES.map((each) => ({ id: 1, messages: each })),
        ...way,
      );
      expect(messages.stderr).toContain('layout messages: messages (2 of the first 2 rows); not used: id');
      expect(messages.scores[0]).toMatchObject({ status: 'scored' });
      expect(messages.scores[0]).not.toHaveProperty('turns');
      expect(messages.scores[1]).toMatchObject({
        status: 'scored',
        messages: MESSAGES[1],
        turns: [
          { turn: 2, dropped_turns: 0, status: 'scored' },
          { turn: 4, dropped_turns: 0, status: 'scored' },
        ],
      });

      const sharegpt = await score(
        MESSAGES.map((each) => ({
          conversations: each.map(({ role, content }) => ({ from: NAMES[role], value: content })),
        })),
        ...way,
      );
      expect(sharegpt.stderr).toContain('layout sharegpt: messages in "conversations"');
      expect(sharegpt.scores.map(figures)).toEqual(messages.scores.map(figures));

      const alpaca = await score(
        [
          { instruction: 'Name a colour.', output: 'Red.' },
          {
            system: 'Be brief.',
            history: [['Name a colour.', 'Blue.']],
            instruction: 'Why that one?',
            output: 'The sky is blue.',
          },
        ],
        ...way,
      );
      expect(alpaca.stderr).toContain('layout alpaca: instruction, output, system, history');
      expect(alpaca.stderr).not.toContain('warning');
      expect(alpaca.scores.map(figures)).toEqual(messages.scores.map(figures));
    },
  );

  it('scores both sides of preferences', async () => {
    const rows = [{ prompt: 'Name a colour.', chosen: 'Red.', rejected: 'Table.' }];
    const { scores, stderr } = await score(rows, '--deterministic');
    expect(stderr).toContain('layout preference: chosen, rejected, instruction in "prompt"');
    const alone = await score(
      [
        { instruction: 'Name a colour.', output: 'Red.' },
        { instruction: 'Name a colour.', output: 'Table.' },
      ],
      '--deterministic',
    );
    expect(figures(scores[0]!)).toEqual(figures(alone.scores[0]!));
    expect(figures(scores[0]!.rejected_score as Record<string, unknown>)).toEqual(figures(alone.scores[1]!));
    expect(scores[0]!.rejected_score).not.toHaveProperty('row_key');
  });

  it('names what cannot be scored, and what the template refuses', async () => {
    const rows = [
      ...MESSAGES.map((messages) => ({ messages })),
      {
        messages: [
          { role: 'user', content: 'x' },
          { role: 'critic', content: 'y' },
        ],
      },
      { messages: MESSAGES[0], tools: [{ name: 'f' }] },
    ];
    const { scores } = await score(rows, '--template', 'chat');
    expect(scores.slice(2)).toMatchObject([
      { reason: 'unknown_role', detail: expect.stringMatching(/jsonl:3: .*"critic"/) },
      { reason: 'template_refuses', detail: expect.stringContaining('no place for tools') },
    ]);
    const withTools = await score(rows, '--template', 'chat:tool_use');
    expect(withTools.scores[3]).toMatchObject({ status: 'scored', turns: [{ turn: 1 }] });
  });

  it('goes on where it was interrupted, also with rows that have a field called as ours are', async () => {
    const rows = MESSAGES.map((messages, i) => ({ messages, turns: i }));
    const { scores, output, dataset } = await score(rows, '--template', 'chat');
    expect(scores[1]).toMatchObject({ turns: [{}, {}], original_fields: { turns: 1 } });
    expect(scores[0]).toMatchObject({ turns: 0 });
    const lines = await readFile(output, 'utf8');
    await writeFile(`${output}.partial`, lines);
    await writeFile(
      `${output}.partial.meta.json`,
      await readFile(output.replace('.jsonl', '.meta.json'), 'utf8'),
    );
    await rm(output);
    await rm(output.replace('.jsonl', '.meta.json'));
    const way = ['--student', student, ...ON_ONE_THREAD, '--template', 'chat', '-o', output];
    const resumed = await runCli(['score', dataset, ...way, '--resume']);
    expect(resumed.code).toBe(0);
    expect(await readFile(output, 'utf8')).toBe(lines);
    const other = await runCli(['score', dataset, ...way, '--targets', 'answer', '--resume']);
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('targets') });
  });

  it('takes columns by the names it is told, and a dataset_info.json', async () => {
    const rows = [{ talk: MESSAGES[0]!.map(({ role, content }) => ({ who: role, what: content })) }];
    const plain = await score([{ messages: MESSAGES[0] }], '--deterministic');
    const mapped = await score(rows, '--map', 'messages=talk,role=who,content=what', '--deterministic');
    const info = join(directory, 'dataset_info.json');
    const entry = {
      formatting: 'sharegpt',
      columns: { messages: 'talk' },
      tags: { role_tag: 'who', content_tag: 'what', user_tag: 'user', assistant_tag: 'assistant' },
    };
    await writeFile(info, JSON.stringify({ mine: entry }));
    const told = await score(rows, '--dataset-info', info, '--dataset-name', 'mine', '--deterministic');
    for (const { scores } of [mapped, told]) expect(scores.map(figures)).toEqual(plain.scores.map(figures));
  });

  it.each([
    [[{ text: 'x' }], [], 'no layout that is known; their columns are "text"', '--map'],
    [
      [{ prompt: 'a', question: 'b', answer: 'c' }],
      [],
      '"prompt" and "question" could each be the instruction',
      '--map',
    ],
    [
      [{ messages: MESSAGES[0] }],
      ['--layout', 'alpaca'],
      'needs a column for instruction',
      '--map instruction=',
    ],
    [[{ messages: [] }], [], 'no row that can be scored', 'no_assistant_turn'],
    [
      [{ messages: MESSAGES[0] }],
      ['--end-of-turn'],
      '--end-of-turn does not apply to the --template alpaca',
      'chat',
    ],
    [
      [
        {
          messages: [
            { role: 'user', content: 'Look.' },
            { role: 'assistant', tool_calls: [{ name: 'look' }] },
          ],
        },
      ],
      [],
      'the template alpaca can show none of them (1 refused, the first with template_refuses',
      'another --template',
    ],
    [[{ messages: MESSAGES[0] }], ['--template', 'chat:rag'], "no chat template 'rag'", 'chat:tool_use'],
  ])('refuses %j with %j', async (rows, options, message, more) => {
    const dataset = await fileOf(rows);
    const output = join(directory, 'none.jsonl');
    const way = ['--student', student, ...ON_ONE_THREAD, '-o', output];
    const refused = await runCli(['score', dataset, ...way, ...options]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toContain(message);
    expect(refused.stderr).toContain(more);
    await expect(readFile(output)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('has a report look at tokens in the student’s own template, too', async () => {
    const { output } = await score([{ instruction: 'Name a colour.', output: 'Red.' }], '--template', 'chat');
    const page = join(directory, 'report.html');
    const way = ['--student', student, '--threads', '1', '-o', page];
    await runCliWell(['report', output, ...way, '--template', 'chat']);
    const own = await readFile(page, 'utf8');
    await rm(page);
    await runCliWell(['report', output, ...way, '--template', 'none']);
    const logprobs = (html: string) => /"conditioned":\[[^\]]+\]/.exec(html)?.[0];
    expect(logprobs(own)).toBeDefined();
    expect(logprobs(await readFile(page, 'utf8'))).not.toBe(logprobs(own));
  });

  it('says what to do with a student that has no chat template', async () => {
    const dataset = await fileOf([{ messages: MESSAGES[0] }]);
    const base = await tinyModel('qwen2');
    const way = ['--student', base, ...ON_ONE_THREAD, '--template', 'chat'];
    const refused = await runCli(['score', dataset, ...way, '-o', join(directory, 'none.jsonl')]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/base model.*alpaca, vicuna/s) });
  });
});
