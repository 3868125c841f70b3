import { describe, expect, it } from 'vitest';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { chooseTemplate, templateFor } from '../../src/prompt/choose-template.js';

const STUDENT = {
  name: 'model.gguf',
  chatTemplates: { default: 'a', tool_use: "{{ strftime_now('%Y') }}" },
  bosText: '',
  eosText: '',
};

describe('chooseTemplate', () => {
  it('knows ours, and the student’s own', async () => {
    expect(await chooseTemplate({ template: 'vicuna', endOfTurn: false })).toEqual({
      kind: 'ours',
      template: BUILT_IN_TEMPLATES.vicuna,
    });
    const own = await chooseTemplate({ template: 'chat', endOfTurn: true });
    expect(templateFor(own, STUDENT)).toMatchObject({ name: 'default', source: 'a' });
    const named = await chooseTemplate({
      template: 'chat:tool_use',
      templateDate: '2026-01-31',
      endOfTurn: false,
    });
    const template = templateFor(named, STUDENT);
    if (!('render' in template)) throw new Error(template.name);
    expect(template.render({})).toEqual({ kind: 'rendered', text: '2026' });
  });

  it.each([
    ['templateDate', { template: 'alpaca', templateDate: '2026-01-31', endOfTurn: false }],
    ['endOfTurn', { template: 'alpaca', endOfTurn: true }],
  ])('refuses %s for a template of ours', async (option, options) => {
    await expect(chooseTemplate(options)).rejects.toMatchObject({ code: 'invalid_option', option });
  });

  it('takes any other name for a file', async () => {
    const missing = chooseTemplate({ template: './chat', endOfTurn: false });
    await expect(missing).rejects.toMatchObject({ code: 'invalid_template' });
  });
});
