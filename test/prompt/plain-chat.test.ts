import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Conversation, conversationOf, type Turn, textTurn } from '../../src/domain/conversation.js';
import type { TargetChoice } from '../../src/options/choices.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { renderPlainChat, renderPlainPrompt } from '../../src/prompt/plain-chat.js';
import type { Piece } from '../../src/prompt/rendered-chat.js';
import { createTemplate, renderPrompt, type Template } from '../../src/prompt/template.js';

const user = (text: string, input = ''): Turn => ({ ...textTurn('user', text), input });
const assistant = (text: string): Turn => textTurn('assistant', text);
const system = (text: string): Turn => textTurn('system', text);

function render(template: Template, turns: readonly Turn[], choice: TargetChoice = 'all') {
  const chat = renderPlainChat(template, { turns, tools: [] }, choice);
  if (chat.kind === 'fault') throw new Error(chat.problem);
  const [sequence] = chat.sequences;
  return {
    texts: sequence!.pieces.map(({ text }) => text),
    targets: sequence!.targets,
    pieces: sequence!.pieces,
  };
}

const { alpaca, vicuna, wizardlm, none } = BUILT_IN_TEMPLATES;
const FILE = createTemplate('mine', 'Q {instruction} A', 'Q {instruction} ({input}) A');

describe('renderPlainChat', () => {
  it('writes one question as its template does', () => {
    const text = fc.string({ minLength: 1 });
    const template = fc.constantFrom(alpaca, vicuna, wizardlm, none, FILE);
    fc.assert(
      fc.property(template, text, fc.string(), text, (any, instruction, input, output) => {
        const sample = { instruction, input, output };
        const { texts, targets } = render(any, conversationOf(sample).turns);
        expect(texts).toEqual([renderPrompt(any, sample), output]);
        expect(targets).toEqual([{ turn: 1, begin: 1, end: 2, endOfTurn: undefined }]);
      }),
    );
  });

  const TURNS = [user('one', 'data'), assistant('eins'), user('two'), assistant('zwei')];

  it.each([
    [
      alpaca,
      [
        expect.stringMatching(/^Below .*\n\n### Instruction:\none\n\n### Input:\ndata\n\n### Response:$/s),
        'eins',
        '\n\n### Instruction:\ntwo\n\n### Response:',
        'zwei',
      ],
    ],
    [
      vicuna,
      [
        expect.stringMatching(/^A chat .* USER: one\nInput:\ndata ASSISTANT:$/),
        'eins',
        ' USER: two ASSISTANT:',
        'zwei',
      ],
    ],
    [wizardlm, ['one\ndata\n\n### Response:', 'eins', '\n\ntwo\n\n### Response:', 'zwei']],
    [none, ['one\ndata\n', 'eins', '\ntwo\n', 'zwei']],
    [FILE, ['Q one (data) A', 'eins', '\n\nQ two A', 'zwei']],
  ])('writes later turns without what is said once: $name', (template, expected) => {
    const { texts, targets, pieces } = render(template, TURNS);
    expect(texts).toEqual(expected);
    expect(targets.map(({ turn, begin, end }) => [turn, begin, end])).toEqual([
      [1, 1, 2],
      [3, 3, 4],
    ]);
    expect(pieces.every(({ isTemplate }) => !isTemplate)).toBe(true);
  });

  it('says a system prompt in the place of its own', () => {
    const turns = [system('Be terse.'), user('one'), assistant('eins')];
    expect(render(alpaca, turns).texts[0]).toBe('Be terse.\n\n### Instruction:\none\n\n### Response:');
    expect(render(vicuna, turns).texts[0]).toBe('Be terse. USER: one ASSISTANT:');
    expect(render(FILE, turns).texts[0]).toBe('Be terse.\n\nQ one A');
    expect(render(none, turns).texts[0]).toBe('Be terse.\none\n');
  });

  it('writes an answer that follows no question', () => {
    expect(render(alpaca, [system('s'), assistant('a'), assistant('b')]).texts).toEqual([
      's\n\n### Response:',
      'a',
      '\n\n### Response:',
      'b',
    ]);
  });

  it('makes targets of the turns that are, and ends with the last', () => {
    const turns = [TURNS[0]!, { ...TURNS[1]!, isTarget: false }, TURNS[2]!, TURNS[3]!, user('three')];
    const { texts, targets } = render(none, turns);
    expect(texts).toHaveLength(4);
    expect(targets.map(({ turn }) => turn)).toEqual([3]);
  });

  it('can leave reasoning to the context', () => {
    const thinking = assistant('<think>hm</think>\nyes');
    const { texts, targets } = render(none, [user('q'), thinking], 'answer');
    expect(texts).toEqual(['q\n', '<think>hm</think>\n', 'yes']);
    expect(targets[0]).toMatchObject({ begin: 2, end: 3 });
    const apart = { ...assistant('yes'), reasoning: 'hm' };
    expect(render(none, [user('q'), apart]).texts).toEqual(['q\n', '<think>\nhm\n</think>\n\nyes']);
    expect(render(none, [user('q'), apart], 'answer').texts.at(-1)).toBe('yes');
  });

  it.each<[string, Conversation, RegExp]>([
    ['tools', { turns: [user('q'), assistant('a')], tools: [{ name: 'f' }] }, /tools/],
    [
      'a call',
      { turns: [user('q'), { ...assistant(''), toolCalls: [{ name: 'f', arguments: {} }] }], tools: [] },
      /tool calls/,
    ],
    ['a result', { turns: [textTurn('tool', '7'), assistant('a')], tools: [] }, /what a tool returns/],
    ['two questions', { turns: [user('q'), user('r'), assistant('a')], tools: [] }, /two questions/],
    ['a late system prompt', { turns: [user('q'), system('s'), assistant('a')], tools: [] }, /system prompt/],
  ])('refuses %s', (_, conversation, problem) => {
    expect(renderPlainChat(alpaca, conversation, 'all')).toMatchObject({
      reason: 'template_refuses',
      problem: expect.stringMatching(problem),
    });
  });
});

describe('renderPlainPrompt', () => {
  it.each<[readonly Turn[], string]>([
    [[user('q')], 'q\n\n### Response:'],
    [[user('q'), assistant('a')], 'q\n\n### Response:a\n\n### Response:'],
    [[system('s')], 's\n\n### Response:'],
  ])('ends where an assistant begins', (turns, expected) => {
    const pieces = renderPlainPrompt(wizardlm, { turns, tools: [] });
    expect((pieces as readonly Piece[]).map(({ text }) => text).join('')).toBe(expected);
  });
});
