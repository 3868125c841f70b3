import { describe, expect, it } from 'vitest';
import { BUILT_IN_TEMPLATE_NAMES } from '../../src/options/choices.js';
import { BUILT_IN_TEMPLATES, isBuiltInTemplateName } from '../../src/prompt/built-in-templates.js';

const texts = ({ noInput, withInput }: { noInput: string; withInput: string }) => ({ noInput, withInput });

describe('BUILT_IN_TEMPLATES', () => {
  it('are, to the byte, the published ones', () => {
    expect(texts(BUILT_IN_TEMPLATES.alpaca)).toEqual({
      noInput:
        'Below is an instruction that describes a task. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Response:',
      withInput:
        'Below is an instruction that describes a task, paired with an input that provides further context. Write a response that appropriately completes the request.\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:',
    });
    expect(texts(BUILT_IN_TEMPLATES.vicuna)).toEqual({
      noInput:
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. USER: {instruction} ASSISTANT:",
      withInput:
        "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions. USER: {instruction}\nInput:\n{input} ASSISTANT:",
    });
    expect(texts(BUILT_IN_TEMPLATES.wizardlm)).toEqual({
      noInput: '{instruction}\n\n### Response:',
      withInput: '{instruction}\n{input}\n\n### Response:',
    });
    expect(texts(BUILT_IN_TEMPLATES.none)).toEqual({
      noInput: '{instruction}\n',
      withInput: '{instruction}\n{input}\n',
    });
  });

  it('keep the hashes that finished runs are fingerprinted with', () => {
    expect(
      Object.fromEntries(BUILT_IN_TEMPLATE_NAMES.map((name) => [name, BUILT_IN_TEMPLATES[name].hash])),
    ).toEqual({
      alpaca: 'fafb41d63414067f',
      vicuna: '0f1b6ba70af50627',
      wizardlm: 'ba74134950883334',
      none: 'a2f98d2455b137d7',
    });
  });

  it('carry their own names', () => {
    for (const name of BUILT_IN_TEMPLATE_NAMES) expect(BUILT_IN_TEMPLATES[name].name).toBe(name);
  });
});

describe('isBuiltInTemplateName', () => {
  it('takes the built-in names only', () => {
    expect(isBuiltInTemplateName('vicuna')).toBe(true);
    expect(isBuiltInTemplateName('Vicuna')).toBe(false);
    expect(isBuiltInTemplateName('toString')).toBe(false);
  });
});
