import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Conversation, textTurn } from '../../../src/domain/conversation.js';
import type { TargetChoice } from '../../../src/options/choices.js';
import { renderChat } from '../../../src/prompt/chat/render-chat.js';
import type { Piece, RenderedChat } from '../../../src/prompt/rendered-chat.js';
import {
  CONVERSATIONS,
  chatTemplate,
  conversationFrom,
  GOLDEN,
  type GoldenCase,
  NO_DAY,
  TEMPLATE_NAMES,
} from './chat-golden.js';

const ALL: TargetChoice = 'all';

/** What templates write that we refuse, by name, because something of the row is not in it or not as it was. */
const REFUSED: Readonly<Record<string, readonly [conversation: string, reason: string, problem: RegExp][]>> =
  {
    chatml: [
      ['tools', 'template_refuses', /no place for tools/],
      ['two calls after a word', 'template_refuses', /no place for tools/],
    ],
    dated: [
      ['tools', 'template_refuses', /no place for tools/],
      ['two calls after a word', 'template_refuses', /no place for tools/],
    ],
    'deepseek-r1': [
      ['tools', 'template_alters_text', /leaves out a text: "{\\"celsius/],
      ['two calls after a word', 'template_alters_text', /leaves out a text: "one"/],
    ],
    llama3: [
      ['tools', 'template_refuses', /no place for tools/],
      ['two calls after a word', 'template_refuses', /no place for tools/],
    ],
    mistral: [['two calls after a word', 'template_alters_text', /leaves out a text: "Let me see."/]],
    phi3: [
      ['tools', 'template_alters_text', /leaves out a text: "{\\"celsius/],
      ['two calls after a word', 'template_alters_text', /leaves out a text: "one"/],
    ],
    zephyr: [
      ['tools', 'template_alters_text', /leaves out a text: "{\\"celsius/],
      ['two calls after a word', 'template_alters_text', /leaves out a text: "one"/],
    ],
  };

function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join('');
}

function rendered(name: string, conversation: Conversation, choice = ALL): RenderedChat {
  const chat = renderChat(chatTemplate(name), conversation, choice);
  if (chat.kind === 'fault') throw new Error(chat.problem);
  return chat;
}

/** By turn: what stands before its target, and the target. */
function targetsOf({ sequences }: RenderedChat) {
  return new Map(
    sequences.flatMap(({ pieces, targets }) =>
      targets.map(({ turn, begin, end }) => [
        turn,
        { before: joined(pieces.slice(0, begin)), target: joined(pieces.slice(begin, end)) },
      ]),
    ),
  );
}

const CASES = TEMPLATE_NAMES.filter((name) => name !== 'shouting').flatMap((template) =>
  Object.keys(CONVERSATIONS).map((name) => [template, name, GOLDEN.renderings[template]![name]!] as const),
);
const RENDERED = CASES.filter(
  (entry): entry is [string, string, Exclude<GoldenCase, { error: string }>] =>
    !('error' in entry[2]) && !REFUSED[entry[0]]?.some(([name]) => name === entry[1]),
);

describe('renderChat, against transformers', () => {
  it('has a golden rendering of everything', () => {
    expect(Object.keys(GOLDEN.renderings).toSorted()).toEqual(TEMPLATE_NAMES.toSorted());
    expect(RENDERED.length).toBeGreaterThan(100);
  });

  it.each(RENDERED)('%s: %s', (template, name, golden) => {
    const conversation = CONVERSATIONS[name]!;
    const { sequences, faults } = rendered(template, conversation);
    expect(faults).toEqual(new Map());
    const assistants = conversation.turns.flatMap(({ role }, i) => (role === 'assistant' ? [i] : []));
    expect(sequences.flatMap(({ targets }) => targets.map(({ turn }) => turn)).toSorted()).toEqual(
      assistants,
    );
    for (const { pieces, targets } of sequences) {
      for (const { turn, begin, end } of targets) {
        // the last turn of all lies in the rendering of the whole; one that has its own ends it
        const last = targets.at(-1)!.turn;
        const expected = last === assistants.at(-1) ? golden : golden.alone[last]!;
        const bos = expected.text.startsWith(GOLDEN.bos) ? GOLDEN.bos.length : 0;
        expect(joined(pieces)).toBe(expected.text.slice(bos));
        const from = bos + joined(pieces.slice(0, begin)).length;
        const to = from + joined(pieces.slice(begin, end)).length;
        expect([from, to]).toEqual(expected.spans[assistants.indexOf(turn)]);
      }
    }
  });

  it.each(CASES.filter(([, , golden]) => 'error' in golden))('%s refuses: %s', (template, name, golden) => {
    const chat = renderChat(chatTemplate(template), CONVERSATIONS[name]!, ALL);
    expect(chat).toMatchObject({
      kind: 'fault',
      reason: 'template_refuses',
      problem: expect.stringContaining((golden as { error: string }).error),
    });
  });

  it.each(
    Object.entries(REFUSED).flatMap(([template, cases]) =>
      cases.map((entry) => [template, ...entry] as const),
    ),
  )('%s, %s: %s', (template, name, reason, problem) => {
    expect(renderChat(chatTemplate(template), CONVERSATIONS[name]!, ALL)).toMatchObject({
      kind: 'fault',
      reason,
      problem: expect.stringMatching(problem),
    });
  });
});

describe('renderChat', () => {
  it('lets nothing that a row says become a control token', () => {
    const { sequences } = rendered('chatml', CONVERSATIONS['texts that spell control tokens']!);
    const [question, answer] = CONVERSATIONS['texts that spell control tokens']!.turns;
    expect(sequences[0]!.pieces).toEqual([
      { text: '<|im_start|>user\n', isTemplate: true },
      { text: question!.text, isTemplate: false },
      { text: '<|im_end|>\n<|im_start|>assistant\n', isTemplate: true },
      { text: answer!.text, isTemplate: false },
      { text: '<|im_end|>', isTemplate: true },
      { text: '\n', isTemplate: true },
    ]);
  });

  it('nor what its tools and calls say', () => {
    const { sequences } = rendered('qwen3', CONVERSATIONS.tools!);
    const fixed = sequences.flatMap(({ pieces }) => pieces).filter(({ isTemplate }) => isTemplate);
    expect(joined(fixed)).toContain('<tool_call>\n{"name": "get_weather", "arguments": {"city": "');
    expect(joined(fixed)).not.toMatch(/Oslo|celsius|<a city>/);
  });

  it('has as many turns as it can in one rendering', () => {
    const turnsOf = (name: string, conversation: string) =>
      rendered(name, CONVERSATIONS[conversation]!).sequences.map(({ targets }) =>
        targets.map(({ turn }) => turn),
      );
    expect(turnsOf('llama2', 'two questions')).toEqual([[1, 3]]);
    expect(turnsOf('llama3', 'system prompt')).toEqual([[2, 4]]);
    // an empty block of reasoning before the last answer only
    expect(turnsOf('qwen3', 'two questions')).toEqual([[3], [1]]);
    // tools before the last question only
    expect(turnsOf('mistral', 'tools')).toEqual([[2, 4]]);
  });

  it('shows a turn that has its own rendering as the last one', () => {
    const targets = targetsOf(rendered('qwen3', CONVERSATIONS['reasoning in the text']!));
    expect(targets.get(1)).toEqual({
      before: '<|im_start|>user\n2 + 2?<|im_end|>\n<|im_start|>assistant\n',
      target: '<think>\nAdd them.\n</think>\n\n4',
    });
    expect(targets.get(3)!.before).toContain('assistant\n4<|im_end|>');
  });

  it('leaves reasoning to the context when only answers are targets', () => {
    const answers = (template: string, conversation: string) =>
      [...targetsOf(rendered(template, CONVERSATIONS[conversation]!, 'answer')).entries()].toSorted();
    const [first, second] = answers('chatml', 'reasoning in the text');
    expect(first).toEqual([1, { before: expect.stringMatching(/Add them\.\n<\/think>\n\n$/), target: '4' }]);
    expect(second).toEqual([3, { before: expect.stringMatching(/<b>\.\n\n<\/think>\n\n $/), target: '6\n' }]);
    expect(answers('qwen3', 'reasoning in the text')).toEqual([
      [1, { before: expect.stringMatching(/assistant\n<think>\nAdd them\.\n<\/think>\n\n$/), target: '4' }],
      [3, { before: expect.stringMatching(/<b>\.\n<\/think>\n\n $/), target: '6\n' }],
    ]);
    expect(answers('qwen3', 'reasoning in a field')).toMatchObject([[1, { target: '4' }]]);
    expect(answers('chatml', 'two questions')).toEqual(
      [...targetsOf(rendered('chatml', CONVERSATIONS['two questions']!)).entries()].toSorted(),
    );
  });

  it.each([
    ['chatml', '<|im_end|>'],
    ['llama2', ' </s>'],
    ['llama3', '<|eot_id|>'],
    ['gemma', '<end_of_turn>'],
    ['zephyr', '</s>'],
    ['deepseek-r1', '<｜end▁of▁sentence｜>'],
  ])('knows what ends a turn of %s', (template, token) => {
    for (const { pieces, targets } of rendered(template, CONVERSATIONS['two questions']!).sequences) {
      for (const { end, endOfTurn } of targets) expect(joined(pieces.slice(end, endOfTurn))).toBe(token);
    }
  });

  it('leaves masked turns and what follows the last target out', () => {
    const { turns, tools } = CONVERSATIONS['system prompt']!;
    const masked = { tools, turns: turns.map((turn, i) => (i === 4 ? { ...turn, isTarget: false } : turn)) };
    const { sequences } = rendered('chatml', masked);
    expect(sequences).toHaveLength(1);
    expect(sequences[0]!.targets.map(({ turn }) => turn)).toEqual([2]);
    expect(joined(sequences[0]!.pieces)).not.toContain('French');
  });

  it('has an empty target for an empty answer', () => {
    const conversation = { turns: [textTurn('user', 'q'), textTurn('assistant', '')], tools: [] };
    for (const template of ['chatml', 'llama3', 'qwen3']) {
      const [{ targets } = { targets: [] }] = rendered(template, conversation).sequences;
      expect(targets).toEqual([expect.objectContaining({ turn: 1 })]);
      expect(targets[0]!.begin).toBe(targets[0]!.end);
    }
  });

  it('refuses a template that alters a text', () => {
    expect(renderChat(chatTemplate('shouting'), CONVERSATIONS['one question']!, ALL)).toMatchObject({
      reason: 'template_alters_text',
    });
    // nothing is altered when there is nothing to make louder
    const digits = { turns: [textTurn('user', 'q'), textTurn('assistant', '12')], tools: [] };
    expect(targetsOf(rendered('shouting', digits)).get(1)!.target).toBe('12');
  });

  it('refuses a template that needs a date and has none', () => {
    const conversation = CONVERSATIONS['one question']!;
    expect(renderChat(chatTemplate('dated', NO_DAY), conversation, ALL)).toMatchObject({
      reason: 'template_needs_date',
      problem: expect.stringContaining('`templateDate`'),
    });
    const withFallback = renderChat(chatTemplate('llama3-tools', NO_DAY), conversation, ALL);
    if (withFallback.kind === 'fault') throw new Error(withFallback.problem);
    expect(joined(withFallback.sequences[0]!.pieces)).toContain('Today Date: 26 Jul 2024');
  });

  it('finds any text, stripped or not, in any conversation', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '\n', '"', '<', '>', '0', '\ue000', '</s>', '<|im_end|>', '🙂'),
      maxLength: 8,
    });
    const exchanges = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 });
    const kept = { chatml: (said: string) => said, zephyr: (said: string) => said };
    const stripped = { llama2: strip, llama3: strip, gemma: strip };
    const templates = Object.entries({ ...kept, ...stripped });
    fc.assert(
      fc.property(exchanges, fc.constantFrom(...templates), (texts, [template, shown]) => {
        const turns = texts.flatMap(([q, a]) => [textTurn('user', q), textTurn('assistant', a)]);
        const { sequences, faults } = rendered(template, { turns, tools: [] });
        expect(faults.size).toBe(0);
        const [{ pieces, targets } = { pieces: [], targets: [] }] = sequences;
        expect(sequences).toHaveLength(1);
        expect(targets.map(({ begin, end }) => joined(pieces.slice(begin, end)))).toEqual(
          texts.map(([, answer]) => shown(answer)),
        );
        const fromRow = pieces.filter(({ isTemplate }) => !isTemplate).map((piece) => piece.text);
        expect(fromRow).toEqual(
          texts
            .flat()
            .map(shown)
            .filter((said) => said !== ''),
        );
      }),
    );
  });
});

function strip(text: string): string {
  return text.replace(/^[ \n]+|[ \n]+$/g, '');
}

describe('a conversation read from a row', () => {
  it('shows the input of an Alpaca row below its instruction', () => {
    const user = { ...textTurn('user', 'Add.'), input: '1, 2' };
    const { sequences } = rendered('chatml', { turns: [user, textTurn('assistant', '3')], tools: [] });
    expect(sequences[0]!.pieces[1]).toEqual({ text: 'Add.\n1, 2', isTemplate: false });
  });

  it('keeps nulls that a string of arguments spells', () => {
    const call = { id: 'call00001', function: { name: 'f', arguments: '{"a": null, "b": [1.5, true]}' } };
    const messages = [
      { role: 'user', content: 'q' },
      { role: 'assistant', tool_calls: [call] },
    ];
    const { sequences } = rendered('hermes', conversationFrom({ messages }));
    expect(joined(sequences[0]!.pieces)).toContain('"arguments": {"a": null, "b": [1.5, true]}');
  });
});
