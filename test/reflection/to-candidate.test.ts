import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { instructionCandidate, responseCandidate } from '../../src/reflection/to-candidate.js';

const original = { instruction: 'Add.', input: '1 2', output: '3' };
const pair = { new_instruction: 'Multiply.', new_input: '3 4', new_answer: '12' };
const unusable = (reason: string) => ({ kind: 'unusable', reason });

describe('instructionCandidate', () => {
  it('takes instruction, input and answer from the reply, without the whitespace around them', () => {
    const reply = { ...pair, new_answer: '\n12 \n', critique: 'too easy' };
    expect(instructionCandidate(original, reply)).toEqual({
      kind: 'candidate',
      sample: { instruction: 'Multiply.', input: '3 4', output: '12' },
    });
  });

  it.each([undefined, '', ' \n', 'None', '(none)', 'N/A', '[empty]', 'No input.'])(
    'has no input when the teacher gives none: %j',
    (input) => {
      const { new_instruction, new_answer } = pair;
      const reply = { new_instruction, new_answer, ...(input !== undefined && { new_input: input }) };
      expect(instructionCandidate(original, reply)).toMatchObject({ sample: { input: '' } });
    },
  );

  it.each([
    [{ new_instruction: ' ' }, 'empty_instruction'],
    [{ new_answer: '' }, 'empty_answer'],
  ])('can use nothing of a pair with %j', (part, reason) => {
    expect(instructionCandidate(original, { ...pair, ...part })).toEqual(unusable(reason));
  });

  it('cannot use a reply that lacks a part', () => {
    expect(instructionCandidate(original, { new_instruction: 'Multiply.' })).toEqual(
      unusable('empty_answer'),
    );
    expect(instructionCandidate(original, {})).toEqual(unusable('empty_instruction'));
  });

  it('keeps an input that only mentions what stands for none', () => {
    const reply = { ...pair, new_input: 'None of these is null.' };
    expect(instructionCandidate(original, reply)).toMatchObject({
      sample: { input: 'None of these is null.' },
    });
  });

  it('is unchanged when the reply repeats the sample but for whitespace', () => {
    const reply = { new_instruction: 'Add.\n', new_input: '1 2', new_answer: ' 3' };
    expect(instructionCandidate(original, reply)).toEqual({ kind: 'unchanged' });
    expect(instructionCandidate({ ...original, output: '3\n' }, reply)).toEqual({ kind: 'unchanged' });
    expect(instructionCandidate(original, { ...reply, new_input: '' })).toMatchObject({ kind: 'candidate' });
  });

  it('never mixes old and new texts', () => {
    const text = fc.oneof(fc.string(), fc.constantFrom('', ' ', 'N/A', 'Add.', '3', '1 2'));
    const reply = fc.record(
      { new_instruction: text, new_input: text, new_answer: text },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(reply, (fields) => {
        const candidate = instructionCandidate(original, fields);
        if (candidate.kind !== 'candidate') return;
        const { instruction, input, output } = candidate.sample;
        expect(instruction).toBe(fields.new_instruction?.trim());
        expect(output).toBe(fields.new_answer?.trim());
        expect(['', fields.new_input?.trim()]).toContain(input);
      }),
    );
  });
});

describe('responseCandidate', () => {
  it('keeps instruction and input as they are', () => {
    const sample = { ...original, instruction: ' Add.\n' };
    expect(responseCandidate(sample, { better_answer: ' 1 + 2 = 3\n' })).toEqual({
      kind: 'candidate',
      sample: { ...sample, output: '1 + 2 = 3' },
    });
  });

  it.each([
    [{ better_answer: '3\n' }, { kind: 'unchanged' }],
    [{ better_answer: ' ' }, unusable('empty_answer')],
    [{}, unusable('empty_answer')],
  ])('of %j', (reply, expected) => {
    expect(responseCandidate(original, reply)).toEqual(expected);
  });
});
