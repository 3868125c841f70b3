import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Student } from '../../src/engine/student.js';
import { DEFINITION_NAMES } from '../../src/options/choices.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { scoreSamples } from '../../src/scoring/score-samples.js';
import { collect } from '../helpers/collect.js';
import { tinyModel } from '../models/tiny-models.js';
import { openStudent } from './fixtures/open-student.js';

const END_OF_TEXT = '<|endoftext|>';

describe('text that spells a special token', () => {
  let student: Student;
  beforeAll(async () => {
    student = await openStudent();
  });
  afterAll(() => student.close());

  it('is plain text unless asked for', async () => {
    const tokenize = async (parseSpecial?: boolean) => {
      const [ids] = await student.tokenize(
        [`a${END_OF_TEXT}b`],
        parseSpecial === undefined ? {} : { parseSpecial },
      );
      return [...ids!];
    };
    const plain = await tokenize();
    expect(plain).not.toContain(student.startToken);
    expect(plain.length).toBeGreaterThan(4);
    expect(await tokenize(false)).toEqual(plain);
    expect((await tokenize(true)).filter((id) => id === student.startToken)).toHaveLength(1);
  });

  it('gets what the tokenizer adds by itself only when asked for', async () => {
    const [without] = await student.tokenize(['hi']);
    const [withBos] = await student.tokenize(['hi'], { addSpecial: true });
    expect([...withBos!]).toEqual([student.startToken, ...without!]);
    expect(student.startTokenKind).toBe('bos');
  });

  it('stays text in the exact definition and becomes a control token in the reference', async () => {
    const row = { instruction: 'Say it.', input: '', output: `One${END_OF_TEXT}two` };
    const bare = { ...row, output: 'Onetwo' };
    const counts = DEFINITION_NAMES.map(async (definition) => {
      const options = { template: BUILT_IN_TEMPLATES.alpaca, metrics: ['ifd'], definition } as const;
      const scores = await collect(scoreSamples(student, [row, bare], options));
      return scores.map(({ metrics: { ifd } }) =>
        ifd.kind === 'scored' ? ifd.direct.tokenCount : Number.NaN,
      );
    });
    const [exact, reference] = await Promise.all(counts);
    const [asText] = await student.tokenize([row.output]);
    const [asToken] = await student.tokenize([row.output], { parseSpecial: true });
    expect(exact![0]).toBe(asText!.length);
    expect(reference![0]).toBe(asToken!.length);
    expect(reference![0]).toBeLessThan(exact![0]!);
    expect(exact![1]).toBe(reference![1]);
  });

  it('is a control token only where the file has it as one, whatever it looks like to llama.cpp', async () => {
    await using qwen = await openStudent({ model: await tinyModel('qwen2-lookalikes') });
    expect(qwen.model.warnings).toEqual([expect.stringContaining('control-looking token')]);
    const texts = ['a</s>b', '</s>', ' <eos>', 'x<|im_end|></s>'];
    const [plain, parsed] = [await qwen.tokenize(texts), await qwen.tokenize(texts, { parseSpecial: true })];
    expect(parsed.slice(0, 3)).toEqual(plain.slice(0, 3));
    const [start, end] = await Promise.all(['x', '</s>'].map((text) => qwen.tokenize([text])));
    expect([...parsed[3]!]).toEqual([...start![0]!, qwen.model.eos, ...end![0]!]);
  });

  it('is found at both ends, twice and inside of others, among what the tokenizer adds itself', async () => {
    await using spm = await openStudent({ model: await tinyModel('spm-llama') });
    const { bos, eos } = spm.model;
    const one = async (text: string, options = {}) => [...(await spm.tokenize([text], options))[0]!];
    const [a, b] = [await one('a'), await one('b')];
    const all = { addSpecial: true, parseSpecial: true };
    expect(await one('<s>a</s></s>b<s>', all)).toEqual([bos, bos, ...a, eos, eos, ...b, bos]);
    expect(await one('', all)).toEqual([bos]);
    expect(await one('a<s', all)).toEqual([bos, ...(await one('a<s'))]);
  });

  it('keeps texts apart and in order, empty ones too', async () => {
    const texts = ['', 'one', '', 'two\n', ' two', '🙂', 'x'.repeat(5000), ''];
    const together = await student.tokenize(texts);
    const apart = await Promise.all(texts.map((text) => student.tokenize([text])));
    expect(together.map((ids) => [...ids])).toEqual(apart.map(([ids]) => [...ids!]));
    expect(together.filter((ids) => ids.length === 0)).toHaveLength(3);
    expect(await student.tokenize([])).toEqual([]);
  });
});
