import { describe, expect, it } from 'vitest';
import { replaced } from '../../../src/layout/edit-turn.js';
import { fitIntoRow, rowEdits, scorableWith } from '../../../src/recycle/rows/recycled-turn.js';
import { turnIdentity } from '../../../src/recycle/rows/turn-identity.js';
import type { JsonObject } from '../../../src/util/json-value.js';
import { turnOf, turnsOf } from './turns.js';

const message = (role: string, content: string, more: object = {}) => ({ role, content, ...more });
const CALL = { function: { name: 'look', arguments: '{"at":"it"}' } };

/** Two exchanges, the second with a call, and a system prompt. */
const MESSAGES = [
  message('system', 'Be brief.'),
  message('user', 'u1'),
  message('assistant', 'a1'),
  message('user', 'u2'),
  message('assistant', '', { tool_calls: [CALL] }),
  message('tool', 'seen'),
  message('assistant', 'a2'),
];

describe('the turns of a row that are recycled', () => {
  it('are the last that has words, or all that have', () => {
    const row = { messages: MESSAGES };
    expect(turnsOf(row)).toMatchObject([{ index: 6, sample: { instruction: 'u2', output: 'a2' } }]);
    expect(turnsOf(row, 'all')).toMatchObject([
      { index: 2, isDefault: false, sample: { instruction: 'u1', output: 'a1' } },
      { index: 6, isDefault: true },
    ]);
    expect(turnsOf({ messages: MESSAGES.slice(0, 5) })).toMatchObject([{ index: 2 }]);
    const masked = message('assistant', 'a3', { weight: 0 });
    expect(turnsOf({ messages: [...MESSAGES, message('user', 'u3'), masked] })).toMatchObject([{ index: 6 }]);
  });

  it('are one that cannot be reflected on where there is no other', () => {
    const [turn] = turnsOf({
      messages: [message('user', 'u'), message('assistant', '', { tool_calls: [CALL] })],
    });
    expect(turn).toMatchObject({ openness: 'nothing', index: 1 });
  });

  it.each<[string, JsonObject, string]>([
    ['a sample', { instruction: 'u', output: 'a' }, 'pair'],
    ['a last answer', { messages: [message('user', 'u'), message('assistant', 'a')] }, 'pair'],
    ['one after a call', { messages: MESSAGES }, 'answer'],
    ['one that nobody asked for', { messages: [message('assistant', 'a')] }, 'answer'],
    ['one that a user goes on from', { messages: [...MESSAGES.slice(0, 3), message('user', 'u')] }, 'answer'],
    ['a preference', { prompt: 'u', chosen: 'a', rejected: 'b' }, 'answer'],
  ])('leave a question alone that something else is about: %s', (_, row, openness) => {
    expect(turnsOf(row)).toMatchObject([{ openness }]);
  });

  it('are scored with all that precedes them, and as samples where nothing does', () => {
    const [first, last] = turnsOf({ messages: MESSAGES.slice(1) }, 'all');
    const said = { instruction: 'u', input: '', output: 'a' };
    expect(scorableWith(first!, said)).toEqual(said);
    expect(scorableWith(last!, said)).toMatchObject({
      turns: [
        { role: 'user', text: 'u1', isTarget: false },
        { role: 'assistant', text: 'a1', isTarget: false },
        { role: 'user', text: 'u', isTarget: false },
        { role: 'assistant', isTarget: false, toolCalls: [{ name: 'look' }] },
        { role: 'tool', text: 'seen' },
        { role: 'assistant', text: 'a', isTarget: true },
      ],
    });
  });

  it('are scored with the calls they make', () => {
    const turn = turnOf({
      messages: [message('user', 'u'), message('assistant', 'a', { tool_calls: [CALL] })],
    });
    expect(scorableWith(turn, turn.sample)).toMatchObject({
      turns: [{ text: 'u' }, { text: 'a', toolCalls: [{ name: 'look' }] }],
    });
    const unasked = turnOf({ messages: [message('assistant', 'a')] });
    expect(scorableWith(unasked, unasked.sample)).toMatchObject({
      turns: [{ role: 'assistant', text: 'a' }],
    });
  });

  it('keep reasoning in a field of its own with their own answer only', () => {
    const thoughtful = message('assistant', 'a', { reasoning_content: 'Because.' });
    const turn = turnOf({ messages: [message('user', 'u'), thoughtful] });
    const last = (output: string) => {
      const scorable = scorableWith(turn, { ...turn.sample, output });
      return 'turns' in scorable ? scorable.turns.at(-1) : undefined;
    };
    expect(last('a')).toMatchObject({ reasoning: 'Because.' });
    expect(last('b')).toMatchObject({ text: 'b', reasoning: '' });
  });

  it('take material into the question where the row has no column for it', () => {
    const candidate = { instruction: 'q', input: 'm', output: 'a' };
    expect(fitIntoRow(turnOf({ instruction: 'u', output: 'a' }), candidate)).toEqual(candidate);
    expect(fitIntoRow(turnOf({ messages: MESSAGES.slice(1, 3) }), candidate)).toEqual({
      ...{ instruction: 'q\nm', input: '', output: 'a' },
    });
  });
});

describe('what changes in a row', () => {
  const edited = (row: JsonObject, output: string, choice: 'last' | 'all') => {
    const turns = turnsOf(row, choice);
    const said = turns.map((turn) => ({ turn, sample: { ...turn.sample, output } }));
    return rowEdits(turns[0]!.row, said).reduce<JsonObject>(
      (object, { path, value }) => replaced(object, path, value) as JsonObject,
      row,
    );
  };

  it('is what is said in the turns, each in its place', () => {
    const pairs = [
      { human: 'u1', gpt: 'a1' },
      { human: 'u2', gpt: 'a2' },
    ];
    expect(edited({ conversations: pairs }, 'b', 'all')).toEqual({
      conversations: [
        { human: 'u1', gpt: 'b' },
        { human: 'u2', gpt: 'b' },
      ],
    });
    expect(edited({ conversations: JSON.stringify(pairs) }, 'b', 'all')).toEqual({
      conversations: '[{"human":"u1","gpt":"b"},{"human":"u2","gpt":"b"}]',
    });
    expect(edited({ question: 'u', answer: 'a', id: 1 }, 'b', 'last')).toEqual({
      ...{ question: 'u', answer: 'b', id: 1 },
    });
    const preference = { prompt: 'u', chosen: [message('assistant', 'a')], rejected: 'c' };
    expect(edited(preference, 'b', 'last')).toEqual({
      ...{ ...preference, chosen: [message('assistant', 'b')] },
    });
    const history = [['u1', 'a1']];
    expect(edited({ instruction: 'u2', output: 'a2', history }, 'b', 'all')).toEqual({
      ...{ instruction: 'u2', output: 'b', history: [['u1', 'b']] },
    });
  });

  it('is nothing where they say what they said', () => {
    const turns = turnsOf({ messages: MESSAGES }, 'all');
    expect(
      rowEdits(
        turns[0]!.row,
        turns.map((turn) => ({ turn, sample: turn.sample })),
      ),
    ).toEqual([]);
  });
});

describe('the identity of a turn', () => {
  it('tells apart what precedes it, but not rows that say the same in other layouts', () => {
    const chat = { messages: [message('user', 'u'), message('assistant', 'a')] };
    const sample = { instruction: 'u', output: 'a' };
    const withSystem = { messages: [message('system', 's'), ...chat.messages] };
    const of = (row: JsonObject) => turnIdentity(turnOf(row));
    expect(of(chat)).toBe(of(sample));
    expect(
      new Set(
        [sample, withSystem, { ...sample, system: 't' }, { prompt: 'u', chosen: 'a', rejected: 'b' }].map(of),
      ).size,
    ).toBe(4);
    expect(of({ ...sample, system: 's' })).toBe(of(withSystem));
  });
});
