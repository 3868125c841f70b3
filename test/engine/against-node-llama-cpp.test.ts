import { getLlama, type Llama, LlamaLogLevel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TINY_STUDENT } from '../helpers/paths.js';
import { type TinyModel, tinyModel } from '../models/tiny-models.js';
import { largestDifference } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';

const TEXT = 'The children played in the garden, sang 3 songs and went home.';

let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.error });
});
afterAll(() => llama.dispose());

/**
 * ln p of each token but the first, from whole distributions. Flash attention as in our `fast`: without it the random
 * models' log-probs move by up to 5e-3.
 */
async function theirLogprobs(modelPath: string, tokens: readonly number[]): Promise<readonly number[]> {
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 64, threads: 1, flashAttention: true });
  const input = tokens
    .slice(0, -1)
    .map((token): [Token, object] => [token as Token, { generateNext: { probabilities: true } }]);
  const results = await context.getSequence().controlledEvaluate(input);
  await model.dispose();
  return results.map((result, i) => Math.log(result!.next.probabilities!.get(tokens[i + 1] as Token)!));
}

describe('per-token log-probs are those of node-llama-cpp', () => {
  const kinds: readonly TinyModel[] = ['gpt2', 'qwen2', 'spm-llama', 'gemma2', 'mamba'];
  const models = [
    ...kinds.map((kind) => [kind, () => tinyModel(kind)] as const),
    ['the shipped student', async () => TINY_STUDENT] as const,
  ];

  it.each(models)('%s', async (_, path) => {
    const model = await path();
    // its kernels, which round activations to F16 as ours do not
    await using student = await openStudent({ model, kernels: 'stock' });
    const [ids] = await student.tokenize([TEXT]);
    const tokens = Int32Array.of(student.startToken, ...ids!);
    const [ours] = await student.score([{ tokens, begin: 1, end: tokens.length }], { perToken: true });
    const theirs = await theirLogprobs(model, [...tokens]);

    if (ours?.kind !== 'scored') throw new Error(ours?.kind);
    expect(theirs).toHaveLength(ours.tokenCount);
    // 7e-6 was seen
    expect(largestDifference([...ours.logprobs!], theirs)).toBeLessThanOrEqual(2e-3);
  });
});
