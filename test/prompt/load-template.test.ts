import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { loadTemplate } from '../../src/prompt/load-template.js';
import { renderPrompt } from '../../src/prompt/template.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'template-'));
});
afterAll(() => rm(directory, { recursive: true }));

const save = async (name: string, content: string | Uint8Array): Promise<string> => {
  const file = join(directory, name);
  await writeFile(file, content);
  return file;
};

const rejection = (nameOrFile: string): Promise<unknown> =>
  loadTemplate(nameOrFile).then(
    () => expect.fail(`${nameOrFile} was accepted`),
    (error: unknown) => error,
  );

describe('loadTemplate', () => {
  it('finds built-in templates by name', async () => {
    expect(await loadTemplate('wizardlm')).toBe(BUILT_IN_TEMPLATES.wizardlm);
  });

  it('lists the built-in templates when there is no such name and no such file', async () => {
    expect(await rejection('alpacca')).toMatchObject({
      code: 'invalid_template',
      message: "'alpacca' is neither a built-in template nor an existing file",
      remedy: expect.stringContaining('alpaca, vicuna, wizardlm, none'),
    });
  });

  it('names a file that cannot be read, and keeps the cause', async () => {
    expect(await rejection(directory)).toMatchObject({
      code: 'invalid_template',
      message: expect.stringContaining(directory),
      cause: { code: 'EISDIR' },
    });
  });

  it('reads a JSON file', async () => {
    const file = await save(
      'chat.json',
      JSON.stringify({ name: 'mine', no_input: '<{instruction}>\n', with_input: '<{input}|{instruction}>' }),
    );
    expect(await loadTemplate(file)).toMatchObject({
      name: 'mine',
      noInput: '<{instruction}>\n',
      withInput: '<{input}|{instruction}>',
    });
  });

  it('names a template after its file when the file has no name in it', async () => {
    const json = await save('chat.json', '{"no_input":"{instruction}","with_input":"{instruction}{input}"}');
    expect((await loadTemplate(json)).name).toBe('chat');
    expect((await loadTemplate(await save('plain.v2.txt', '{instruction}'))).name).toBe('plain.v2');
  });

  it('joins the input to the instruction by a newline in a text file', async () => {
    const template = await loadTemplate(await save('plain.txt', 'Q: {instruction}\nA:'));
    const sample = { instruction: 'Add.', output: '3' };
    expect(renderPrompt(template, { ...sample, input: '' })).toBe('Q: Add.\nA:');
    expect(renderPrompt(template, { ...sample, input: '1 2' })).toBe('Q: Add.\n1 2\nA:');
  });

  it.each([
    ['A:', 'A:'],
    ['A:\n', 'A:'],
    ['A:\r\n', 'A:'],
    ['A:\n\n', 'A:\n'],
    ['A: ', 'A: '],
  ])('drops one newline at the end of a text file: %j', async (written, read) => {
    const template = await loadTemplate(await save('plain.txt', `{instruction} ${written}`));
    expect(template.noInput).toBe(`{instruction} ${read}`);
  });

  it('skips a byte order mark', async () => {
    expect((await loadTemplate(await save('bom.txt', '\u{feff}{instruction}'))).noInput).toBe(
      '{instruction}',
    );
  });

  it.each([
    ['text.txt', 'no placeholder', 'must hold {instruction} once, but holds it 0 times'],
    ['text.txt', '{instruction} {instruction}', 'must hold {instruction} once, but holds it 2 times'],
    ['text.txt', '{instruction}\n{input}', 'must not hold {input}'],
    ['text.txt', '{instruction}: {output}', 'holds {output}, but the answer always follows the prompt'],
    ['text.txt', Uint8Array.of(0xff, 0xfe), 'not valid UTF-8'],
    ['bad.json', '{"no_input": ', 'not valid JSON'],
    ['bad.json', '["{instruction}"]', 'expected object'],
    ['bad.json', '{"no_input":"{instruction}"}', 'with_input'],
    ['bad.json', '{"no_input":"{instruction}","with_input":7}', 'with_input'],
    [
      'bad.json',
      '{"no_input":"{instruction}","with_input":"{instruction}"}',
      'with_input must hold {input} once',
    ],
    [
      'bad.json',
      '{"no_input":"{input}{instruction}","with_input":"{instruction}{input}"}',
      'no_input must not',
    ],
    ['bad.json', '{"no_input":"{instruction}","with_input":"{instruction}{input}","suffix":""}', 'suffix'],
    ['bad.json', '{"name":"","no_input":"{instruction}","with_input":"{instruction}{input}"}', 'name'],
  ])('refuses %s with %j', async (name, content, problem) => {
    const file = await save(name, content);
    expect(await rejection(file)).toMatchObject({
      code: 'invalid_template',
      message: expect.stringContaining(problem),
      remedy: expect.stringMatching(/\.$/),
    });
    expect(await rejection(file)).toHaveProperty('message', expect.stringContaining(file));
  });
});
