import { describe, expect, it } from 'vitest';
import type { StudentOptions } from '../../src/engine/student-options.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { TINY_MODELS, type TinyModel, tinyModel } from '../models/tiny-models.js';
import { largestDifference, lossesOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';
import { randomRequests } from './fixtures/span-requests.js';

const STUDENTS = TINY_MODELS;

/**
 * What other kernels may change in a span's mean loss, in nats. F32: the order of sums, 4e-6 was seen, and GELU, which
 * ggml looks up in a table of F16. F16: ggml also rounds activations. Quantized: both round activations to 8 bits, in
 * blocks of 32, and where one rounds up the other may round down.
 */
function tolerance(kind: TinyModel): number {
  if (/q\d_0$/.test(kind)) return 0.1;
  return kind === 'gpt2-f16' ? 1e-2 : 1e-3;
}

async function losses(options: Partial<StudentOptions>): Promise<readonly number[]> {
  await using student = await openStudent(options);
  return await lossesOf(student, randomRequests(student.model.vocabSize, Math.min(student.maxLength, 200)));
}

describe('our kernels', () => {
  it.each(STUDENTS)('agree with ggml’s on %s', async (kind) => {
    const model = await tinyModel(kind);
    const ours = await losses({ model });
    const stock = await losses({ model, kernels: 'stock' });
    expect(largestDifference(ours, stock)).toBeLessThanOrEqual(tolerance(kind));
  });

  it('agree with ggml’s on the shipped student', async () => {
    const ours = await losses({ model: TINY_STUDENT });
    const stock = await losses({ model: TINY_STUDENT, kernels: 'stock' });
    expect(largestDifference(ours, stock)).toBeLessThanOrEqual(1e-2);
    expect(largestDifference(ours, stock)).toBeGreaterThan(0);
  });

  it.each(['F16', 'gpt2-q8_0'] as const)('give the same on several threads a context, %s', async (kind) => {
    const model = kind === 'F16' ? TINY_STUDENT : await tinyModel(kind);
    const alone = await losses({ model, threads: 1 });
    const together = await losses({ model, threads: 3, contexts: 1 });
    // attention may split its sums another way
    expect(largestDifference(alone, together)).toBeLessThanOrEqual(1e-3);
  });

  it('are named by the engine, and can be turned off', async () => {
    await using ours = await openStudent();
    await using stock = await openStudent({ kernels: 'stock' });
    expect(stock.engine.kernels).toBe('');
    if (process.arch === 'x64' || process.arch === 'arm64') expect(ours.engine.kernels).toMatch(/ for F32/);
  });
});
