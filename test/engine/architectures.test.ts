import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEADS } from '../../src/engine/head.js';
import type { SpanRequest } from '../../src/engine/scorer.js';
import type { StudentOptions } from '../../src/engine/student-options.js';
import { PRECISIONS, type Precision } from '../../src/options/choices.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { scoreSamples } from '../../src/scoring/score-samples.js';
import { collect } from '../helpers/collect.js';
import { gpt2Model } from '../models/architectures/gpt2-model.js';
import { writeGguf } from '../models/gguf/gguf-writer.js';
import { TINY_MODELS, type TinyModel, tinyModel } from '../models/tiny-models.js';
import { largestDifference, lossesOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';
import { randomRequests, randomTokens } from './fixtures/span-requests.js';

const ATTENTION_MODELS = TINY_MODELS.filter((kind) => kind !== 'mamba');
const WITHOUT_SHARING: readonly TinyModel[] = ['gemma2', 'mamba'];

/** What another head may change at equal batches, in nats a token: float32 rounding, 1e-6 was seen. */
const HEAD_TOLERANCE = 1e-4;

/**
 * What another batch may change. `precise`: float32 rounding, 2.4e-5 was seen. `fast` rounds what it multiplies and
 * attends over to F16, 2.4e-3 was seen; quantized weights are multiplied by activations rounded to 8 bits, where a last
 * bit more or less is a step of a hundredth, 2.8e-2 was seen. Random weights and spans of one token make the most of it.
 */
function batchTolerance(kind: TinyModel, precision: Precision): number {
  if (precision === 'precise') return 1e-4;
  return /q\d_0$/.test(kind) ? 0.1 : 1e-2;
}

async function losses(kind: TinyModel, options: Partial<StudentOptions>): Promise<readonly number[]> {
  await using student = await openStudent({ model: await tinyModel(kind), ...options });
  const { head, sharePrefixes } = student.engine;
  if (options.head) expect(head).toBe(options.head);
  expect(sharePrefixes).toBe((options.sharePrefixes ?? true) && !WITHOUT_SHARING.includes(kind));
  return await lossesOf(student, randomRequests(student.model.vocabSize, Math.min(student.maxLength, 200)));
}

describe.each(PRECISIONS)('%s', (precision) => {
  describe.each(ATTENTION_MODELS)('%s', (kind) => {
    let plain: readonly number[];
    let shared: readonly number[];
    beforeAll(async () => {
      plain = await losses(kind, { precision, head: 'plain', sharePrefixes: false });
      shared = await losses(kind, { precision, head: 'plain', sharePrefixes: true });
      expect(plain.every(Number.isFinite)).toBe(true);
    });

    it.each(['chunked', 'sampler'] as const)('%s head agrees with the plain one', async (head) => {
      const apart = await losses(kind, { precision, head, sharePrefixes: false });
      expect(largestDifference(apart, plain)).toBeLessThanOrEqual(HEAD_TOLERANCE);
      const together = await losses(kind, { precision, head, sharePrefixes: true });
      expect(largestDifference(together, shared)).toBeLessThanOrEqual(HEAD_TOLERANCE);
    });

    it('prefixes decoded once or with every sequence agree', () => {
      expect(largestDifference(shared, plain)).toBeLessThanOrEqual(batchTolerance(kind, precision));
    });

    it.each([32, 96])('batches of %d tokens agree', async (batchTokens) => {
      const actual = await losses(kind, { precision, batchTokens, sharePrefixes: false });
      expect(largestDifference(actual, plain)).toBeLessThanOrEqual(batchTolerance(kind, precision));
    });
  });
});

describe('mamba', () => {
  it('falls back to the plain head without sharing, and says why', async () => {
    await using student = await openStudent({ model: await tinyModel('mamba') });
    expect(student.engine).toMatchObject({
      head: 'plain',
      headReason: 'the model is recurrent',
      sharePrefixes: false,
      shareReason: 'the model is recurrent',
    });
  });

  it('is not opened with a head that it cannot have', async () => {
    const model = await tinyModel('mamba');
    for (const head of ['chunked', 'sampler'] as const) {
      await expect(openStudent({ model, head })).rejects.toThrow(/recurrent/);
    }
  });

  it.each([32, 96])('batches of %d tokens agree', async (batchTokens) => {
    const expected = await losses('mamba', {});
    const actual = await losses('mamba', { batchTokens });
    // no attention, no F16: 5e-7 was seen
    expect(largestDifference(actual, expected)).toBeLessThanOrEqual(1e-4);
  });
});

describe('gemma2', () => {
  it('shares nothing, and says why; its capped logits are followed', async () => {
    await using student = await openStudent({ model: await tinyModel('gemma2') });
    expect(student.model.slidingWindow).toBe(32);
    expect(student.engine).toMatchObject({
      head: 'chunked',
      headReason: '',
      sharePrefixes: false,
      shareReason: 'the model attends in a sliding window',
    });
  });
});

describe('gpt2', () => {
  const CONTEXT = 128;

  it('starts sequences with its end-of-text token for want of a BOS', async () => {
    await using student = await openStudent({ model: await tinyModel('gpt2') });
    expect(student.model).toMatchObject({ architecture: 'gpt2', bos: null, addsBos: false });
    expect(student).toMatchObject({ startTokenKind: 'eos', startToken: student.model.eos });
    const [ids] = await student.tokenize(['hi'], { addSpecial: true });
    expect([...ids!]).not.toContain(student.startToken);
  });

  it('is never asked for a position that its table does not have', async () => {
    await using student = await openStudent({ model: await tinyModel('gpt2'), maxLength: 100_000 });
    expect(student.maxLength).toBe(CONTEXT);
    const request = (length: number): SpanRequest => ({
      tokens: randomTokens(student.model.vocabSize, length, 1),
      begin: length - 1,
      end: length,
    });
    // the last token is predicted but never read
    expect(await lossesOf(student, [request(CONTEXT), request(CONTEXT + 1)])).toHaveLength(2);
    await expect(student.score([request(CONTEXT + 2)])).rejects.toMatchObject({ code: 'invalid_job' });
  });

  it('scores the head of a long answer and nothing behind a long prompt', async () => {
    await using student = await openStudent({ model: await tinyModel('gpt2') });
    const long = 'the children went into the garden and sang '.repeat(50);
    const rows = [
      { instruction: 'Tell a story.', input: '', output: long },
      { instruction: long, input: '', output: 'Yes.' },
    ];
    const options = { template: BUILT_IN_TEMPLATES.none, maxLength: 100_000 };
    const [cut, unscorable] = await collect(scoreSamples(student, rows, { ...options, metrics: ['ifd'] }));
    const [prompt] = await student.tokenize(['Tell a story.\n']);
    const tokenCount = CONTEXT - 1 - prompt!.length;
    expect(cut!.metrics.ifd).toMatchObject({
      kind: 'scored',
      truncated: true,
      conditioned: { tokenCount },
      direct: { tokenCount },
    });
    expect(unscorable!.metrics.ifd).toMatchObject({ kind: 'unscorable', reason: 'prompt_too_long' });
  });
});

describe('a vocabulary of 131,072 tokens', () => {
  it('bounds the logits of a batch, not which head can be used', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vocabulary-'));
    const model = join(folder, 'model.gguf');
    const shape = { layers: 1, width: 32, heads: 2, vocab: 131_072, context: 128 } as const;
    await writeGguf(model, gpt2Model({ ...shape, type: 'Q8_0' }));
    const byHead: (readonly number[])[] = [];
    for (const head of HEADS) {
      await using student = await openStudent({ model, head });
      byHead.push(await lossesOf(student, randomRequests(shape.vocab, shape.context).slice(-4)));
    }
    for (const actual of byHead) {
      expect(largestDifference(actual, byHead[0]!)).toBeLessThanOrEqual(HEAD_TOLERANCE);
    }
    await rm(folder, { recursive: true });
  });
});

describe('bert', () => {
  it.each([true, false])(
    'is refused as no causal language model, file checked first: %s',
    async (checkFile) => {
      const model = await tinyModel('bert');
      await expect(openStudent({ model, checkFile })).rejects.toMatchObject({
        code: 'model_unloadable',
        message: expect.stringMatching(/causal language model.*bert/),
        remedy: expect.any(String),
      });
    },
  );
});
