import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Sample } from '../../src/domain/sample.js';
import { BUILT_IN_TEMPLATE_NAMES } from '../../src/options/choices.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { createTemplate, renderPrompt, renderReversePrompt } from '../../src/prompt/template.js';

const template = fc.constantFrom(...BUILT_IN_TEMPLATE_NAMES).map((name) => BUILT_IN_TEMPLATES[name]);

/** Any text, and often enough one that a careless substitution would expand. */
const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc
    .array(
      fc.constantFrom(
        '{instruction}',
        '{input}',
        '{output}',
        '$&',
        '$1',
        '$$',
        "$'",
        '$`',
        '{',
        '}',
        'a',
        '\n',
      ),
    )
    .map((parts) => parts.join('')),
);

const around = (text: string, placeholder: string): [string, string] => {
  const parts = text.split(placeholder);
  expect(parts).toHaveLength(2);
  return parts as [string, string];
};

describe('renderPrompt', () => {
  it('renders the no-input text when the input is empty, and otherwise the one with input', () => {
    const { alpaca } = BUILT_IN_TEMPLATES;
    expect(renderPrompt(alpaca, { instruction: 'Add.', input: '', output: '3' })).toBe(
      'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n### Response:',
    );
    expect(renderPrompt(alpaca, { instruction: 'Add.', input: '1 2', output: '3' })).toBe(
      'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\nAdd.\n\n### Input:\n1 2\n\n### Response:',
    );
  });

  it('puts the instruction into the no-input text verbatim, once, whatever it holds', () => {
    fc.assert(
      fc.property(template, value, value, (chosen, instruction, output) => {
        const [head, tail] = around(chosen.noInput, '{instruction}');
        expect(renderPrompt(chosen, { instruction, input: '', output })).toBe(head + instruction + tail);
      }),
    );
  });

  it('puts both values into the text with input verbatim, once, whatever they hold', () => {
    const nonEmpty = value.filter((text) => text !== '');
    fc.assert(
      fc.property(template, value, nonEmpty, value, (chosen, instruction, input, output) => {
        const [head, rest] = around(chosen.withInput, '{instruction}');
        const [middle, tail] = around(rest, '{input}');
        const sample: Sample = { instruction, input, output };
        expect(renderPrompt(chosen, sample)).toBe(head + instruction + middle + input + tail);
      }),
    );
  });
});

describe('renderReversePrompt', () => {
  it('asks for the instruction of an answer', () => {
    expect(renderReversePrompt(BUILT_IN_TEMPLATES.none, 'Paris.')).toBe(
      'Below is the response to an instruction, please guess the corresponding instruction for the given response.\nParis.\nGenerate the instruction for the above response.\n',
    );
  });

  it('is the no-input prompt with the wrapped answer as its instruction', () => {
    fc.assert(
      fc.property(template, value, (chosen, output) => {
        const request = renderReversePrompt(createTemplate('bare', '{instruction}', ''), output);
        expect(request).toContain(`\n${output}\n`);
        expect(renderReversePrompt(chosen, output)).toBe(
          renderPrompt(chosen, { instruction: request, input: '', output: '' }),
        );
      }),
    );
  });
});

describe('createTemplate', () => {
  const base = createTemplate('a', '{instruction}', '{instruction}{input}');

  it('hashes the texts and nothing else', () => {
    expect(base.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(createTemplate('b', base.noInput, base.withInput).hash).toBe(base.hash);
    expect(createTemplate('a', `${base.noInput} `, base.withInput).hash).not.toBe(base.hash);
    expect(createTemplate('a', base.noInput, `${base.withInput} `).hash).not.toBe(base.hash);
  });

  it('tells apart texts whose concatenation is the same', () => {
    expect(createTemplate('a', 'xy', 'z').hash).not.toBe(createTemplate('a', 'x', 'yz').hash);
  });
});
