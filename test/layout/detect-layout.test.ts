import { describe, expect, it } from 'vitest';
import { detectLayout, type LayoutChoice } from '../../src/layout/detect-layout.js';
import type { JsonObject } from '../../src/util/json-value.js';

function found(row: JsonObject | JsonObject[], choice?: LayoutChoice) {
  const finding = detectLayout([row].flat(), choice);
  if (finding.kind === 'not_found') throw new Error(finding.found);
  return finding;
}

function problem(row: JsonObject | JsonObject[], choice?: LayoutChoice): string {
  const finding = detectLayout([row].flat(), choice);
  if (finding.kind === 'found') throw new Error(JSON.stringify(finding.layout));
  return `${finding.found}. ${finding.remedy}`;
}

const MESSAGES = [{ role: 'user', content: 'u' }];

describe('detectLayout', () => {
  it.each([
    [
      { instruction: 'i', input: '', output: 'o' },
      'alpaca',
      { instruction: 'instruction', input: 'input', output: 'output' },
    ],
    [{ INSTRUCTION: 'i', RESPONSE: 'o' }, 'alpaca', { instruction: 'INSTRUCTION', output: 'RESPONSE' }],
    [
      { system_prompt: 's', question: 'i', response: 'o' },
      'alpaca',
      { system: 'system_prompt', instruction: 'question', output: 'response' },
    ],
    [
      { instruction: 'i', context: 'c', response: 'o', category: 'x' },
      'alpaca',
      { instruction: 'instruction', input: 'context', output: 'response' },
    ],
    [
      { instruction: 'i', output: null, messages: null },
      'alpaca',
      { instruction: 'instruction', output: 'output' },
    ],
    [{ input: 'i', output: 'o' }, 'alpaca', { instruction: 'input', output: 'output' }],
    [{ inputs: 'i', targets: 'o' }, 'alpaca', { instruction: 'inputs', output: 'targets' }],
    [
      { query: 'q', response: 'r', history: [] },
      'alpaca',
      { instruction: 'query', output: 'response', history: 'history' },
    ],
    [{ prompt: 'p', completion: 'c' }, 'prompt-completion', { instruction: 'prompt', output: 'completion' }],
    [{ prompt: 'p', response: 'r' }, 'alpaca', { instruction: 'prompt', output: 'response' }],
    [{ messages: MESSAGES, tools: '[]' }, 'messages', { messages: 'messages', tools: 'tools' }],
    [{ messages: JSON.stringify(MESSAGES) }, 'messages', { messages: 'messages' }],
    [{ messages: "[{'role': 'user', 'content': None}]" }, 'messages', { messages: 'messages' }],
    [{ messages: [] }, 'messages', { messages: 'messages' }],
    [{ problem: 'p', solution: 's', messages: MESSAGES }, 'messages', { messages: 'messages' }],
    [
      { conversations: [{ from: 'human', value: 'u' }], system: 's' },
      'sharegpt',
      { messages: 'conversations', system: 'system' },
    ],
    [{ messages: [{ role: null, from: 'human', value: 'u' }] }, 'sharegpt', { messages: 'messages' }],
    [{ conversation: [{ human: 'u', assistant: 'a' }] }, 'sharegpt-pairs', { messages: 'conversation' }],
    [{ conversation: [{ input: 'u', output: 'a' }] }, 'sharegpt-pairs', { messages: 'conversation' }],
    [
      { prompt: 'p', chosen: 'c', rejected: 'r' },
      'preference',
      { instruction: 'prompt', chosen: 'chosen', rejected: 'rejected' },
    ],
    [{ chosen: MESSAGES, rejected: MESSAGES }, 'preference', { chosen: 'chosen', rejected: 'rejected' }],
    [
      { messages: MESSAGES, rejected_response: 'r' },
      'preference',
      { messages: 'messages', rejected: 'rejected_response' },
    ],
  ])('%j is %s', (row, name, columns) => {
    const { layout } = found(row);
    expect(layout).toEqual({ name, columns: expect.objectContaining(columns), tags: {} });
    expect(Object.keys(layout.columns).toSorted()).toEqual(Object.keys(columns).toSorted());
  });

  it('says how many rows have the layout, and which columns play no part', () => {
    const rows = [
      { messages: MESSAGES, id: 1 },
      { messages: MESSAGES, id: 2 },
      { instruction: 'i', output: 'o' },
    ];
    expect(found(rows)).toMatchObject({
      layout: { name: 'messages' },
      rows: 3,
      matching: 2,
      unused: ['id', 'instruction', 'output'],
    });
  });

  it('knows a column that only some rows have, or that is null in the first', () => {
    const rows = [
      { instruction: 'i', input: null, output: 'o' },
      { instruction: 'i', output: 'o', system: 's' },
    ];
    expect(found(rows).layout.columns).toMatchObject({ input: 'input', system: 'system' });
  });

  it.each([
    [
      { instruction: 'i', question: 'q', output: 'o' },
      /"instruction" and "question".*`map`, e.g. instruction=instruction/,
    ],
    [{ instruction: 'i', Output: 'o', output: 'o' }, /"Output" and "output"/],
    [{ messages: MESSAGES, conversations: MESSAGES }, /"messages" and "conversations".*messages/],
    [{ instruction: 'i', output: 'o', system: 's', system_prompt: 's' }, /"system" and "system_prompt"/],
  ])('refuses two columns for one part: %j', (row, expected) => {
    expect(problem(row)).toMatch(expected);
  });

  it('takes the column that most rows have where none has two', () => {
    const rows = [
      { prompt: 'p', output: 'o' },
      { instruction: 'i', output: 'o' },
      { instruction: 'i', response: 'o' },
      { instruction: 'i', output: 'o' },
    ];
    expect(found(rows)).toMatchObject({
      layout: { columns: { instruction: 'instruction', output: 'output' } },
      rows: 4,
      matching: 2,
      unused: ['prompt', 'response'],
    });
  });

  it('does not mind two columns for a part that the layout has not', () => {
    expect(found({ messages: MESSAGES, answer: 'a', response: 'r' }).layout.name).toBe('messages');
  });

  it('says what there is when it finds nothing', () => {
    expect(problem({ text: 'x', label: 1 })).toMatch(/columns are "text", "label".*`map`/);
    expect(problem([])).toMatch(/none of them is an object/);
  });

  it('takes what it is told', () => {
    const row = { frage: 'q', antwort: 'a', question: 'other', output: 'other' };
    const columns = { instruction: 'frage', output: 'antwort' };
    expect(found(row, { columns }).layout).toEqual({ name: 'alpaca', columns, tags: {} });
    expect(found({ turns: MESSAGES }, { columns: { messages: 'turns' } }).layout.name).toBe('messages');
    const tags = { role: 'who', content: 'what' };
    const told = { columns: { messages: 'turns' }, tags };
    expect(found({ turns: [{ who: 'user', what: 'x' }] }, told).layout).toMatchObject({
      name: 'messages',
      tags,
    });
    expect(found({ instruction: 'i', output: 'o', messages: MESSAGES }, { name: 'alpaca' }).layout.name).toBe(
      'alpaca',
    );
  });

  it('refuses what it is told when the rows are otherwise', () => {
    const row = { instruction: 'i', output: 'o' };
    expect(problem(row, { columns: { input: 'contxt' } })).toMatch(
      /no column "contxt".*"instruction", "output"/,
    );
    expect(problem(row, { name: 'messages' })).toMatch(
      /messages needs a column for messages.*`map` messages=COLUMN/,
    );
    expect(problem({ rejected: 'r' }, { name: 'preference' })).toMatch(/chosen/);
  });

  it('looks for no further column when it is told of all', () => {
    const row = { instruction: 'i', input: 'x', output: 'o', system: 's' };
    const columns = { instruction: 'instruction', output: 'output' };
    expect(found(row, { name: 'alpaca', columns, isComplete: true }).layout.columns).toEqual(columns);
  });
});
