import { describe, expect, it } from 'vitest';
import { detectLayout } from '../../src/layout/detect-layout.js';
import { editTurns, replaced } from '../../src/layout/edit-turn.js';
import { readRowContent } from '../../src/layout/read-row.js';
import type { JsonObject } from '../../src/util/json-value.js';

function readBack(object: JsonObject) {
  const finding = detectLayout([object]);
  if (finding.kind === 'not_found') throw new Error(finding.found);
  const content = readRowContent(object, finding.layout);
  if (content.kind !== 'conversation') throw new Error(JSON.stringify(content));
  return content;
}

/** The object after turn `index` has been made to say something else. */
function edited(object: JsonObject, index: number, said: { text: string; input: string }): JsonObject {
  const { places } = readBack(object);
  return editTurns(object, [{ places: places[index]!, said }]).reduce<JsonObject>(
    (row, { path, value }) => replaced(row, path, value) as JsonObject,
    object,
  );
}

const MESSAGES = [
  { role: 'user', content: 'u' },
  { role: 'assistant', content: 'a', extra: [1, null] },
];
const NEW = { text: 'new "text"\n', input: '' };

describe('editTurns', () => {
  it.each([
    [
      { instruction: 'u', input: 'i', output: 'a', id: 7 },
      { instruction: 'u', input: 'i', output: NEW.text, id: 7 },
    ],
    [
      { messages: MESSAGES, id: 7 },
      { messages: [MESSAGES[0], { ...MESSAGES[1], content: NEW.text }], id: 7 },
    ],
    [{ conversation: [{ human: 'u', gpt: 'a' }] }, { conversation: [{ human: 'u', gpt: NEW.text }] }],
    [
      { prompt: [MESSAGES[0]], completion: [MESSAGES[1]] },
      { prompt: [MESSAGES[0]], completion: [{ ...MESSAGES[1], content: NEW.text }] },
    ],
    [
      { messages: '[ {"role":"user", "content":"u"},{"content": "a","role":"assistant","n":1e400} ]' },
      {
        messages: String.raw`[ {"role":"user", "content":"u"},{"content": "new \"text\"\n","role":"assistant","n":1e400} ]`,
      },
    ],
    [
      { messages: "[{'role': 'user', 'content': 'u'}, {'role': 'assistant', 'content': 'a'}]" },
      {
        messages: String.raw`[{'role': 'user', 'content': 'u'}, {'role': 'assistant', 'content': 'new "text"\n'}]`,
      },
    ],
  ])('replaces an answer in %j', (before, after) => {
    expect(edited(before, 1, NEW)).toEqual(after);
    const [question, answer] = readBack(after).conversation.turns;
    expect(question).toEqual(readBack(before).conversation.turns[0]);
    expect(answer).toMatchObject({ text: NEW.text });
  });

  it('puts the whole text into the first of several parts', () => {
    const content = [{ type: 'text', text: 'a' }, 'b'];
    const after = edited({ messages: [MESSAGES[0], { role: 'assistant', content }] }, 1, NEW);
    expect(after).toMatchObject({ messages: [{}, { content: [{ type: 'text', text: NEW.text }, ''] }] });
  });

  it('edits several turns of a column that is a string that spells them', () => {
    const spelled = '[{"human": "u", "gpt":"a"},{"human":"v","gpt":"b"}]';
    const object = { conversations: spelled };
    const { places } = readBack(object);
    const edits = editTurns(object, [
      { places: places[1]!, said: NEW },
      { places: places[3]!, said: { text: 'c', input: '' } },
    ]);
    const [last] = edits.slice(-1);
    expect(last).toEqual({
      path: ['conversations'],
      value: String.raw`[{"human": "u", "gpt":"new \"text\"\n"},{"human":"v","gpt":"c"}]`,
    });
  });

  it('takes away reasoning that led to another answer', () => {
    const answer = { role: 'assistant', reasoning_content: 'Why?', content: 'a' };
    expect(edited({ messages: [MESSAGES[0], answer] }, 1, NEW)).toEqual({
      messages: [MESSAGES[0], { role: 'assistant', reasoning_content: '', content: NEW.text }],
    });
  });

  it('changes nothing that is as it should be', () => {
    const object = { instruction: 'u', input: null, output: 'a' };
    const { places } = readBack(object);
    expect(editTurns(object, [{ places: places[0]!, said: { text: 'u', input: '' } }])).toEqual([]);
  });

  it('puts material where the layout has a column for it, else below the text', () => {
    const said = { text: 'q', input: 'm' };
    const row = { instruction: 'u', input: '', output: 'a' };
    expect(edited(row, 0, said)).toEqual({ instruction: 'q', input: 'm', output: 'a' });
    expect(edited({ instruction: 'u', output: 'a' }, 0, said)).toEqual({
      ...{ instruction: 'q', input: 'm', output: 'a' },
    });
    expect(edited({ prompt: 'u', completion: 'a' }, 0, said)).toEqual({ prompt: 'q\nm', completion: 'a' });
    expect(edited({ messages: MESSAGES }, 0, said)).toMatchObject({ messages: [{ content: 'q\nm' }, {}] });
  });
});
