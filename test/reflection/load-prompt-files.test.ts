import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INSTRUCTION_PROMPT } from '../../src/reflection/instruction-prompt.js';
import { loadPromptFiles } from '../../src/reflection/load-prompt-files.js';
import { RESPONSE_PROMPT } from '../../src/reflection/response-prompt.js';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'prompt-'));
});
afterAll(() => rm(directory, { recursive: true }));

const save = async (content: string | Uint8Array): Promise<string> => {
  const file = join(directory, 'prompt.txt');
  await writeFile(file, content);
  return file;
};

describe('loadPromptFiles', () => {
  it('gives the built-in prompts when there are no files', async () => {
    expect(await loadPromptFiles({})).toEqual({ instruction: INSTRUCTION_PROMPT, response: RESPONSE_PROMPT });
  });

  it('replaces the wording of one prompt, and its hash', async () => {
    const response = await save('Mind {braces} and {sample}.\n\n');
    const prompts = await loadPromptFiles({ response });
    expect(prompts.instruction).toBe(INSTRUCTION_PROMPT);
    expect(prompts.response).toMatchObject({
      version: 'custom',
      system: RESPONSE_PROMPT.system,
      user: 'Mind {braces} and {sample}.',
      schema: RESPONSE_PROMPT.schema,
    });
    expect(prompts.response.hash).not.toBe(RESPONSE_PROMPT.hash);
  });

  it('reads a file of blank lines at the price of one look at each', async () => {
    const text = `${'\n'.repeat(2 ** 20)}{sample}`;
    expect((await loadPromptFiles({ response: await save(text) })).response.user).toBe(text);
  });

  it('replaces the system prompt of both', async () => {
    const { instruction, response } = await loadPromptFiles({ system: await save('Be kind.\n') });
    expect([instruction.system, response.system]).toEqual(['Be kind.', 'Be kind.']);
    expect([instruction.user, response.user]).toEqual([INSTRUCTION_PROMPT.user, RESPONSE_PROMPT.user]);
    expect(instruction.hash).not.toBe(INSTRUCTION_PROMPT.hash);
  });

  it.each([
    ['instruction', 'no sample', 'it must hold {sample} once, but holds it 0 times'],
    ['response', '{sample} {sample}', 'it must hold {sample} once, but holds it 2 times'],
    ['system', 'Judge {sample}', 'a system prompt is the same for all samples, but it holds {sample}'],
    ['system', ' \n', 'it is empty'],
    ['instruction', Uint8Array.of(0xff), 'The encoded data was not valid'],
  ])('refuses as %s: %j', async (name, content, problem) => {
    const file = await save(content);
    await expect(loadPromptFiles({ [name]: file })).rejects.toMatchObject({
      code: 'invalid_template',
      message: expect.stringContaining(`prompt file '${file}': ${problem}`),
      remedy: expect.stringMatching(/\.$/),
    });
  });

  it('names a file that does not exist', async () => {
    await expect(loadPromptFiles({ system: '/no/such.txt' })).rejects.toMatchObject({
      code: 'invalid_template',
      message: expect.stringContaining("prompt file '/no/such.txt'"),
      cause: { code: 'ENOENT' },
    });
  });
});
