import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src/domain/conversation.js';
import type { Layout } from '../../src/layout/layout.js';
import { readRowContent } from '../../src/layout/read-row.js';
import type { LayoutName } from '../../src/options/choices.js';
import type { JsonObject } from '../../src/util/json-value.js';

const MESSAGES: Layout = { name: 'messages', columns: { messages: 'messages' }, tags: {} };
const ALPACA: Layout = {
  name: 'alpaca',
  columns: { instruction: 'instruction', input: 'input', output: 'output' },
  tags: {},
};

function conversation(object: JsonObject, layout: Layout = MESSAGES): Conversation {
  const content = readRowContent(object, layout);
  if (content.kind !== 'conversation') throw new Error(JSON.stringify(content));
  return content.conversation;
}

/** `role: text`, `!` before an assistant's turn that is a target. */
function spoken({ turns }: Conversation): string[] {
  return turns.map(({ role, text, isTarget }) => `${isTarget ? '!' : ''}${role}: ${text}`);
}

const chat = (...messages: unknown[]) => conversation({ messages });
const USER = { role: 'user', content: 'u' };
const ASSISTANT = { role: 'assistant', content: 'a' };

describe('readRowContent of messages', () => {
  it('reads turns, their texts untouched', () => {
    const turns = chat({ role: 'system', content: ' s\n' }, USER, ASSISTANT, USER, {
      ...ASSISTANT,
      content: '',
    });
    expect(spoken(turns)).toEqual(['system:  s\n', 'user: u', '!assistant: a', 'user: u', '!assistant: ']);
  });

  it.each([
    ['human', 'user'],
    ['Human', 'user'],
    ['gpt', 'assistant'],
    ['bot', 'assistant'],
    ['model', 'assistant'],
    ['developer', 'system'],
    ['observation', 'tool'],
    ['function-response', 'tool'],
    ['ipython', 'tool'],
  ])('knows who %s is', (role, expected) => {
    expect(chat({ from: role, value: 'x' }, ASSISTANT).turns[0]).toMatchObject({ role: expected, text: 'x' });
  });

  it('joins text parts', () => {
    const content = [{ type: 'text', text: 'a ' }, { type: 'output_text', text: 'b' }, 'c'];
    expect(chat(USER, { role: 'assistant', content }).turns[1]).toMatchObject({ text: 'a bc' });
  });

  it('reads tool calls, arguments as an object or as JSON, and who a result is from', () => {
    const calls = [
      { id: 'c1', type: 'function', function: { name: 'f', arguments: '{"n":null}' } },
      { function: { name: 'g', arguments: { n: 1 } } },
    ];
    const { turns } = chat(
      USER,
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', name: 'f', tool_call_id: 'c1', content: '7' },
      ASSISTANT,
    );
    expect(turns[1]).toMatchObject({
      text: '',
      isTarget: true,
      toolCalls: [
        { id: 'c1', name: 'f', arguments: { n: null } },
        { name: 'g', arguments: { n: 1 } },
      ],
    });
    expect(turns[2]).toMatchObject({ role: 'tool', text: '7', name: 'f', toolCallId: 'c1' });
  });

  it('reads a ShareGPT function call as a call', () => {
    const { turns } = chat(USER, { from: 'function_call', value: '{"name": "f", "arguments": {"a": 1}}' });
    expect(turns[1]).toMatchObject({ role: 'assistant', toolCalls: [{ name: 'f', arguments: { a: 1 } }] });
  });

  it('keeps reasoning that has a field of its own apart', () => {
    const { turns } = chat(USER, { ...ASSISTANT, reasoning_content: 'hm' });
    expect(turns[1]).toMatchObject({ text: 'a', reasoning: 'hm' });
  });

  it('ignores the nulls that Arrow pads structs with', () => {
    const padding = { from: null, value: null, tool_calls: null, name: null, weight: null, reasoning: null };
    const call = { function: { name: 'f', arguments: { city: 'Oslo', unit: null } } };
    const { turns } = chat({ ...USER, ...padding }, { ...ASSISTANT, ...padding, tool_calls: [call] });
    expect(turns[0]).toEqual(chat(USER, ASSISTANT).turns[0]);
    expect(turns[1]?.toolCalls).toEqual([{ name: 'f', arguments: { city: 'Oslo' } }]);
  });

  it.each([
    ['loss', 0],
    ['loss', false],
    ['training', false],
    ['weight', 0],
    ['weight', 0n],
  ])('leaves out of the targets a turn whose %s is %s', (name, value) => {
    const { turns } = chat(USER, { ...ASSISTANT, [name]: value }, USER, { ...ASSISTANT, [name]: 1 });
    expect(turns.map(({ isTarget }) => isTarget)).toEqual([false, false, false, true]);
  });

  it.each([
    ['JSON', JSON.stringify([USER, ASSISTANT])],
    ['a Python literal', "[{'role': 'user', 'content': 'u'}, {'role': 'assistant', 'content': 'a'}]"],
    ['what pandas writes', "[{'role': 'user', 'content': 'u'}\n {'role': 'assistant', 'content': 'a'}]"],
  ])('reads messages spelled as %s', (_, messages) => {
    expect(spoken(conversation({ messages }))).toEqual(['user: u', '!assistant: a']);
  });

  it('takes the names of keys and speakers that it is told', () => {
    const layout: Layout = {
      ...MESSAGES,
      tags: { role: 'speaker', content: 'said', roles: { customer: 'user', agent: 'assistant' } },
    };
    const messages = [
      { speaker: 'Customer', said: 'u' },
      { speaker: 'agent', said: 'a' },
    ];
    expect(spoken(conversation({ messages }, layout))).toEqual(['user: u', '!assistant: a']);
  });

  it('takes the system prompt and the tools from columns', () => {
    const layout: Layout = {
      ...MESSAGES,
      columns: { messages: 'messages', system: 'system', tools: 'tools' },
    };
    const tool = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
    for (const tools of [
      [tool],
      JSON.stringify([tool]),
      [JSON.stringify(tool)],
      [{ ...tool, strict: null }],
    ]) {
      const read = conversation({ messages: [USER, ASSISTANT], system: 's', tools }, layout);
      expect(spoken(read)).toEqual(['system: s', 'user: u', '!assistant: a']);
      expect(read.tools).toEqual([tool]);
    }
    const same = { messages: [{ role: 'system', content: 's' }, USER, ASSISTANT], system: 's' };
    expect(conversation(same, layout).turns).toHaveLength(3);
    expect(readRowContent({ ...same, system: 'other' }, layout)).toMatchObject({
      reason: 'contradicting_columns',
      problem: expect.stringContaining('"system"'),
    });
  });

  it.each([
    ['missing_field', {}, /no "messages"/],
    ['wrong_type', { messages: 3 }, /"messages" is a number/],
    ['wrong_type', { messages: 'hello' }, /"messages" is a string/],
    ['malformed_messages', { messages: '[{"role": ' }, /neither JSON nor a Python literal/],
    ['malformed_messages', { messages: ['hello'] }, /message 1 of "messages" is a string/],
    ['malformed_messages', { messages: [{ content: 'x' }] }, /message 1 .* no role/],
    [
      'malformed_messages',
      { messages: [USER, { role: 'assistant', content: [7] }] },
      /message 2 .* a number/,
    ],
    ['unknown_role', { messages: [USER, { role: 'critic', content: 'x' }] }, /message 2 .*"critic"/],
    ['not_text', { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] }, /"image_url"/],
    ['wrong_type', { messages: [{ role: 'user', content: {} }] }, /a content that is an object/],
    ['no_assistant_turn', { messages: [USER] }, /nobody answers/],
    ['no_assistant_turn', { messages: [] }, /nobody answers/],
    ['all_turns_masked', { messages: [USER, { ...ASSISTANT, weight: 0 }] }, /masked/],
    [
      'contradicting_columns',
      { messages: [{ ...USER, value: 'other' }, ASSISTANT] },
      /"content" and "value"/,
    ],
    ['malformed_tool_call', { messages: [{ role: 'assistant', tool_calls: [{}] }] }, /without a name/],
    [
      'malformed_tool_call',
      { messages: [{ role: 'assistant', tool_calls: [{ name: 'f', arguments: '{"a":' }] }] },
      /"f" with arguments that are no JSON object/,
    ],
    ['lone_surrogate', { messages: [{ role: 'user', content: '\ud83d' }, ASSISTANT] }, /message 1/],
    [
      'lone_surrogate',
      { messages: [{ role: 'assistant', tool_calls: [{ name: 'f', arguments: { a: ['\udc00'] } }] }] },
      /message 1/,
    ],
  ])('%s: %j', (reason, object, problem) => {
    expect(readRowContent(object, MESSAGES)).toEqual({
      kind: 'bad',
      reason,
      problem: expect.stringMatching(problem),
    });
  });

  it.each([
    ['as a value', (nested: string) => JSON.parse(`[{"role":"user","content":"u","x":${nested}}]`)],
    ['as JSON', (nested: string) => `[{"role":"user","content":"u","x":${nested}}]`],
    ['as a Python literal', (nested: string) => `[{'role':'user','content':'u','x':${nested}}]`],
    [
      'in arguments',
      (nested: string) => [{ role: 'assistant', tool_calls: [{ name: 'f', arguments: `{"a":${nested}}` }] }],
    ],
  ])('refuses what is nested beyond all sense, %s', (_, messages) => {
    const nested = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(readRowContent({ messages: messages(nested) }, MESSAGES)).toMatchObject({
      reason: 'malformed_messages',
    });
  });
});

describe('readRowContent of exchanges', () => {
  const layout: Layout = { name: 'sharegpt-pairs', columns: { messages: 'conversation' }, tags: {} };

  it('reads both sides of each', () => {
    const exchanges = [
      { human: 'u1', assistant: 'a1', bot: null },
      { input: 'u2', output: 'a2', training: false },
    ];
    expect(spoken(conversation({ conversation: exchanges }, layout))).toEqual([
      'user: u1',
      '!assistant: a1',
      'user: u2',
      'assistant: a2',
    ]);
  });

  it.each([
    ['malformed_messages', [{ human: 'u' }], /exchange 1 .* the assistant says/],
    ['contradicting_columns', [{ human: 'u', user: 'u', gpt: 'a' }], /"human" and "user"/],
    ['wrong_type', [{ human: ['u'], gpt: 'a' }], /"human" in exchange 1/],
  ])('%s: %j', (reason, exchanges, problem) => {
    expect(readRowContent({ conversation: exchanges }, layout)).toMatchObject({
      reason,
      problem: expect.stringMatching(problem),
    });
  });
});

describe('readRowContent of columns', () => {
  it('reads an Alpaca row', () => {
    expect(conversation({ instruction: 'do', input: 'this', output: 'done' }, ALPACA).turns).toMatchObject([
      { role: 'user', text: 'do', input: 'this', isTarget: false },
      { role: 'assistant', text: 'done', isTarget: true },
    ]);
    for (const row of [
      { instruction: 'do', output: 'done', input: null },
      { instruction: 'do', output: 'done' },
    ]) {
      expect(conversation(row, ALPACA).turns[0]).toMatchObject({ text: 'do', input: '' });
    }
  });

  it.each([
    ['as a value', [['q1', 'a1']]],
    ['as JSON', '[["q1", "a1"]]'],
    ['as a Python literal', "[('q1', 'a1')]"],
  ])('reads what came before, %s', (_, history) => {
    const layout: Layout = { ...ALPACA, columns: { ...ALPACA.columns, history: 'history', system: 'sys' } };
    const row = { instruction: 'q2', output: 'a2', history, sys: 's' };
    expect(spoken(conversation(row, layout))).toEqual([
      'system: s',
      'user: q1',
      '!assistant: a1',
      'user: q2',
      '!assistant: a2',
    ]);
  });

  it('reads a column by a usual name that none of the first rows had, unless it is told of all', () => {
    const row = { instruction: 'q', context: 'c', output: 'a', system_prompt: 's', history: [['x', 'y']] };
    const layout: Layout = { ...ALPACA, columns: { instruction: 'instruction', output: 'output' } };
    expect(conversation(row, layout).turns).toMatchObject([
      { role: 'system', text: 's' },
      { text: 'x' },
      { text: 'y' },
      { text: 'q', input: 'c' },
      { text: 'a' },
    ]);
    expect(conversation(row, { ...layout, isComplete: true }).turns).toHaveLength(2);
    const asked: Layout = { ...layout, columns: { instruction: 'input', output: 'output' } };
    expect(conversation({ input: 'q', output: 'a' }, asked).turns[0]).toMatchObject({ text: 'q', input: '' });
  });

  it('reads a prompt in messages as context, and a completion in messages as targets', () => {
    const layout: Layout = {
      name: 'prompt-completion',
      columns: { instruction: 'prompt', output: 'completion' },
      tags: {},
    };
    const row = { prompt: [USER, ASSISTANT, USER], completion: [ASSISTANT] };
    expect(spoken(conversation(row, layout))).toEqual([
      'user: u',
      'assistant: a',
      'user: u',
      '!assistant: a',
    ]);
    expect(spoken(conversation({ prompt: '[1]', completion: '[2]' }, layout))).toEqual([
      'user: [1]',
      '!assistant: [2]',
    ]);
  });

  it.each([
    ['missing_field', { output: 'x' }, /no "instruction".*`map` instruction=COLUMN/],
    ['missing_field', {}, /no "instruction" and no "output"; its fields are none/],
    ['wrong_type', { instruction: 'i', output: null }, /"output" is null/],
    ['wrong_type', { instruction: 'i', input: ['x'], output: 'o' }, /"input" is an array/],
    ['lone_surrogate', { instruction: 'i', output: '\ud800' }, /"output"/],
  ])('%s: %j', (reason, object, problem) => {
    expect(readRowContent(object, ALPACA)).toMatchObject({ reason, problem: expect.stringMatching(problem) });
  });
});

describe('readRowContent of preferences', () => {
  const read = (object: JsonObject, columns: Layout['columns'], name: LayoutName = 'preference') => {
    const content = readRowContent(object, { name, columns, tags: {} });
    if (content.kind !== 'preference') throw new Error(JSON.stringify(content));
    return [spoken(content.chosen.conversation), spoken(content.rejected.conversation)];
  };
  const TEXTS = { instruction: 'prompt', chosen: 'chosen', rejected: 'rejected' };
  const BETTER = { role: 'assistant', content: 'better' };
  const WORSE = { role: 'assistant', content: 'worse' };
  const both = [
    ['user: u', '!assistant: better'],
    ['user: u', '!assistant: worse'],
  ];

  it.each([
    ['texts', { prompt: 'u', chosen: 'better', rejected: 'worse' }],
    ['messages after a prompt', { prompt: [USER], chosen: [BETTER], rejected: [WORSE] }],
    ['single messages', { prompt: [USER], chosen: BETTER, rejected: WORSE }],
    ['messages that hold the prompt again', { prompt: 'u', chosen: [USER, BETTER], rejected: [USER, WORSE] }],
    ['messages without a prompt', { chosen: [USER, BETTER], rejected: [USER, WORSE] }],
  ])('reads %s', (_, row) => {
    expect(read(row, TEXTS)).toEqual(both);
  });

  it('reads messages beside which a rejected answer stands', () => {
    const row = { messages: [USER, BETTER], rejected: 'worse' };
    expect(read(row, { messages: 'messages', rejected: 'rejected' })).toEqual(both);
  });

  it('has for targets only what the two sides do not share', () => {
    const shared = [USER, ASSISTANT, USER];
    expect(read({ chosen: [...shared, BETTER], rejected: [...shared, WORSE] }, TEXTS)).toEqual([
      ['user: u', 'assistant: a', 'user: u', '!assistant: better'],
      ['user: u', 'assistant: a', 'user: u', '!assistant: worse'],
    ]);
  });

  it('refuses a side with another question', () => {
    const row = { prompt: 'other', chosen: [USER, BETTER], rejected: [USER, WORSE] };
    expect(readRowContent(row, { name: 'preference', columns: TEXTS, tags: {} })).toMatchObject({
      reason: 'contradicting_columns',
      problem: expect.stringMatching(/"chosen".*"prompt"/),
    });
  });
});
