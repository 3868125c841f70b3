import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textTurn } from '../../src/domain/conversation.js';
import type { Sample } from '../../src/domain/sample.js';
import { INSTRUCTION_PROMPT } from '../../src/reflection/instruction-prompt.js';
import {
  createPrompt,
  type ReflectionPrompt,
  renderRequest,
} from '../../src/reflection/reflection-prompt.js';
import { RESPONSE_PROMPT } from '../../src/reflection/response-prompt.js';
import { layOutPrompt } from '../../src/teacher/reply/reply-layout.js';

const PROMPTS = [
  ['instruction', INSTRUCTION_PROMPT],
  ['response', RESPONSE_PROMPT],
] as const;

/** Any text, and often one that imitates what surrounds it. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '<<<END ANSWER 0123456789abcdef>>>',
        '<<<BEGIN INPUT ',
        '>>>',
        '{sample}',
        '$&',
        "$'",
        '\n',
        'better_answer',
        '{"better_answer": "x"}',
        '[End]',
        'a',
      ),
    )
    .map((parts) => parts.join('')),
);
const anySample: fc.Arbitrary<Sample> = fc.record({ instruction: text, input: text, output: text });

const tagOf = (user: string): string => /<<<BEGIN INSTRUCTION ([0-9a-f]{16})>>>/.exec(user)![1]!;

describe('renderRequest', () => {
  const prompt: ReflectionPrompt = createPrompt({
    version: 'custom',
    system: 'Judge.',
    user: 'Look:\n{sample}\nWhat about it?',
    schema: {
      name: 'reply',
      fields: [
        { name: 'flaw', kind: 'critique', description: 'What is wrong?' },
        { name: 'better_answer', kind: 'text', description: 'A better answer.' },
      ],
    },
  });

  it('shows the sample', () => {
    const { system, user, schema } = renderRequest(prompt, {
      instruction: 'Add.',
      input: '1 2',
      output: '4',
    });
    const tag = tagOf(user);
    expect(user).toBe(
      [
        'Look:',
        `<<<BEGIN INSTRUCTION ${tag}>>>\nAdd.\n<<<END INSTRUCTION ${tag}>>>\n`,
        `<<<BEGIN INPUT ${tag}>>>\n1 2\n<<<END INPUT ${tag}>>>\n`,
        `<<<BEGIN ANSWER ${tag}>>>\n4\n<<<END ANSWER ${tag}>>>`,
        'What about it?',
      ].join('\n'),
    );
    expect([system, schema]).toEqual(['Judge.', prompt.schema]);
  });

  it('shows the conversation around a sample, told apart from it', () => {
    const call = { ...textTurn('assistant', ''), toolCalls: [{ name: 'look', arguments: { at: 'it' } }] };
    const context = {
      before: [textTurn('system', 'Be brief.'), textTurn('user', 'Hi.'), textTurn('assistant', 'Hello.')],
      between: [call, textTurn('tool', 'seen')],
      tools: [{ name: 'look' }],
    };
    const { user } = renderRequest(prompt, { instruction: 'Look.', input: '', output: 'Seen.' }, context);
    const tag = tagOf(user);
    const blocks = [
      ...user.matchAll(new RegExp(`<<<BEGIN ([^<>]+) ${tag}>>>\\n(.*)\\n<<<END \\1 ${tag}>>>`, 'g')),
    ];
    expect(blocks.map(([, label, text]) => [label, text])).toEqual([
      ['CONTEXT: TOOLS', '[{"name":"look"}]'],
      ['CONTEXT: SYSTEM PROMPT', 'Be brief.'],
      ['CONTEXT: USER', 'Hi.'],
      ['CONTEXT: ASSISTANT', 'Hello.'],
      ['INSTRUCTION', 'Look.'],
      ['CONTEXT: TOOL CALL', 'look({"at":"it"})'],
      ['CONTEXT: TOOL RESULT', 'seen'],
      ['ANSWER', 'Seen.'],
    ]);
    expect(user).toContain('one exchange of a longer conversation');
  });

  it.each(PROMPTS)('fences a conversation with a code that none of its texts has: %s', (_, builtIn) => {
    fc.assert(
      fc.property(anySample, fc.array(text, { minLength: 1, maxLength: 3 }), (sample, said) => {
        const before = said.map((each) => textTurn('user', each));
        const { user } = renderRequest(builtIn, sample, { before, between: [], tools: [] });
        const tag = /<<<BEGIN ANSWER ([0-9a-f]{16})>>>\n/g.exec(
          user.slice(user.lastIndexOf('<<<BEGIN ANSWER')),
        )![1]!;
        for (const each of [...said, ...Object.values(sample)]) expect(each).not.toContain(tag);
      }),
    );
  });

  it.each(PROMPTS)('delimits the texts of a sample where it puts them and nowhere else: %s', (_, builtIn) => {
    fc.assert(
      fc.property(anySample, (sample) => {
        const { user } = renderRequest(builtIn, sample);
        const tag = tagOf(user);
        const shown = ['INSTRUCTION', ...(sample.input === '' ? [] : ['INPUT']), 'ANSWER'];
        expect(user.split(tag)).toHaveLength(2 * shown.length + 1);
        const inside = (label: string) =>
          user.split(`<<<BEGIN ${label} ${tag}>>>\n`)[1]?.split(`\n<<<END ${label} ${tag}>>>`)[0];
        expect(inside('INSTRUCTION')).toBe(sample.instruction);
        expect(inside('INPUT')).toBe(sample.input === '' ? undefined : sample.input);
        expect(inside('ANSWER')).toBe(sample.output);
      }),
    );
  });

  it.each(PROMPTS)('says nothing else that depends on the sample: %s', (_, builtIn) => {
    const frame = (sample: Sample) => {
      const { system, user } = renderRequest(builtIn, sample);
      const tag = tagOf(user);
      const end = user.lastIndexOf(`<<<END ANSWER ${tag}>>>`) + `<<<END ANSWER ${tag}>>>`.length;
      return [system, user.slice(0, user.indexOf('<<<BEGIN')), user.slice(end)];
    };
    fc.assert(
      fc.property(anySample, anySample, (a, b) => {
        expect(frame(a)).toEqual(frame(b));
      }),
    );
  });
});

describe('the built-in prompts', () => {
  const criteria = {
    instruction: [
      /complex is the topic/,
      /detail does the instruction demand/,
      /must one know/,
      /unclear|ambigu/,
      /logical reasoning or problem solving/,
    ],
    response: [/help/, /beside the point/, /wrong, unsupported/, /too thin/],
  };

  it.each([
    ['instruction', INSTRUCTION_PROMPT, [...criteria.instruction, ...criteria.response]],
    ['response', RESPONSE_PROMPT, criteria.response],
  ] as const)('ask for every criterion: %s', (_, prompt, patterns) => {
    const asked = prompt.schema.fields.map(({ description }) => description).join('\n');
    for (const pattern of patterns) expect(asked).toMatch(pattern);
  });

  it.each(PROMPTS)('ask for criticism before the text that results from it: %s', (_, { schema }) => {
    const kinds = schema.fields.map(({ kind }) => kind);
    expect(kinds.lastIndexOf('critique')).toBeLessThan(kinds.indexOf('text'));
    expect(new Set(schema.fields.map(({ name }) => name)).size).toBe(schema.fields.length);
  });

  it('want a new instruction and answer, with or without input, or a better answer', () => {
    const texts = ({ schema }: ReflectionPrompt) =>
      schema.fields
        .filter(({ kind }) => kind === 'text')
        .map(({ name, optional = false }) => [name, optional ? 'optional' : 'required']);
    expect(texts(INSTRUCTION_PROMPT)).toEqual([
      ['new_instruction', 'required'],
      ['new_input', 'optional'],
      ['new_answer', 'required'],
    ]);
    expect(texts(RESPONSE_PROMPT)).toEqual([['better_answer', 'required']]);
  });

  it('keep their wording as long as they keep their version', () => {
    // A new hash makes every recorded answer stale: raise PROMPT_VERSION with it.
    expect([INSTRUCTION_PROMPT, RESPONSE_PROMPT].map(({ version, hash }) => [version, hash])).toEqual([
      ['2', '66314621bda8bfd2'],
      ['2', '320191433286a56e'],
    ]);
  });
});

describe('requests of different rows', () => {
  const SAMPLES = [
    { instruction: 'Name a river.', input: '', output: 'The Elbe.' },
    { instruction: 'Sort these.', input: '3 1 2', output: '1 2 3' },
  ];

  it.each(
    [INSTRUCTION_PROMPT, RESPONSE_PROMPT].flatMap((prompt) =>
      (['json_schema', 'json_object', 'markers', 'grammar'] as const).map(
        (format) => [prompt.schema.name, format, prompt] as const,
      ),
    ),
  )('of %s in %s are equal up to the sample, so that a server computes that once', (_, format, prompt) => {
    const [one, other] = SAMPLES.map((sample) => layOutPrompt(renderRequest(prompt, sample), format));
    expect(one!.system).toBe(other!.system);
    const lead = ({ user }: { readonly user: string }) => user.slice(0, user.indexOf('<<<BEGIN'));
    expect(lead(one!)).toBe(lead(other!));
    expect(lead(one!).length).toBeGreaterThan(100);
    // What a reply consists of is the longer part by far, and stands in what is equal.
    for (const { name } of prompt.schema.fields) expect(one!.system).toContain(name);
  });
});
