import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Student } from '../../src/engine/student.js';
import { DEFINITION_NAMES } from '../../src/options/choices.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { scoreSamples } from '../../src/scoring/score-samples.js';
import { collect } from '../helpers/collect.js';
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

  it('keeps texts apart and in order, empty ones too', async () => {
    const texts = ['', 'one', '', 'two\n', ' two', '🙂', 'x'.repeat(5000), ''];
    const together = await student.tokenize(texts);
    const apart = await Promise.all(texts.map((text) => student.tokenize([text])));
    expect(together.map((ids) => [...ids])).toEqual(apart.map(([ids]) => [...ids!]));
    expect(together.filter((ids) => ids.length === 0)).toHaveLength(3);
    expect(await student.tokenize([])).toEqual([]);
  });
});
