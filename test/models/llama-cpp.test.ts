import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel, type Token } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gpt2Model } from './architectures/gpt2-model.js';
import { writeGguf } from './gguf/gguf-writer.js';
import { TINY_MODELS, tinyModel } from './tiny-models.js';

const TEXT = 'Hello world, the children explained: naïve 42 🙂';

const ENGLISH =
  'Explain how a volcano forms and why some eruptions are more violent than others. Magma rises through cracks in ' +
  "the Earth's crust because it is less dense than the surrounding rock. When the pressure of dissolved gases grows " +
  'too high, the material is thrown out, and over thousands of years layers of ash and lava build a mountain.';

let llama: Llama;
beforeAll(async () => {
  llama = await getLlama({ build: 'never', gpu: false, logLevel: LlamaLogLevel.error });
});
afterAll(() => llama.dispose());

async function withModel<T>(path: string, use: (model: LlamaModel) => Promise<T> | T): Promise<T> {
  const model = await llama.loadModel({ modelPath: path });
  try {
    return await use(model);
  } finally {
    await model.dispose();
  }
}

/** The distributions after the tokens from index `from` on: probability by token id. */
async function distributions(
  model: LlamaModel,
  tokens: readonly Token[],
  from = 0,
): Promise<Map<Token, number>[]> {
  const context = await model.createContext({ contextSize: 64, threads: 1 });
  const input = tokens.map((token, i): [Token, object] => [
    token,
    i < from ? {} : { generateNext: { probabilities: true } },
  ]);
  const results = await context.getSequence().controlledEvaluate(input);
  await context.dispose();
  return results.slice(from).map((result) => result!.next.probabilities!);
}

/** ln p of each token but the first. */
function logprobs(tokens: readonly Token[], after: readonly Map<Token, number>[]): number[] {
  return tokens.slice(1).map((token, i) => Math.log(after[i]!.get(token)!));
}

describe.each(TINY_MODELS)('%s in llama.cpp', (kind) => {
  it('tokenizes text into several characters per token and back', async () => {
    await withModel(await tinyModel(kind), (model) => {
      const tokens = model.tokenize(TEXT);
      expect(model.detokenize(tokens).trim()).toBe(TEXT);
      expect(tokens.length).toBeLessThan(0.8 * TEXT.length);
    });
  });

  it('gives distributions that are neither flat nor certain and depend on the context', async () => {
    await withModel(await tinyModel(kind), async (model) => {
      const tokens = model.tokenize(TEXT);
      const after = await distributions(model, tokens);
      for (const distribution of after) {
        const sorted = [...distribution.values()].sort((a, b) => b - a);
        expect(sorted).toHaveLength(800);
        expect(sorted.every(Number.isFinite)).toBe(true);
        expect(sorted[0]! / sorted.at(-1)!).toBeGreaterThan(100);
        expect(sorted[0]).toBeLessThan(0.9);
      }
      const scores = logprobs(tokens, after);
      const loss = -scores.reduce((sum, score) => sum + score, 0) / scores.length;
      expect(loss).toBeGreaterThan(Math.log(800) - 1);
      expect(loss).toBeLessThan(Math.log(800) + 4);

      const end = tokens.length - 1;
      const [other] = await distributions(model, [...model.tokenize('x').slice(-1), ...tokens.slice(1)], end);
      const shifts = Array.from(other!, ([token, p]) => Math.abs(Math.log(p / after[end]!.get(token)!)));
      expect(Math.max(...shifts)).toBeGreaterThan(0.05);
    });
  });
});

describe('stored types', () => {
  it.each([
    ['gpt2-f16', 'gpt2', 0.05],
    ['gpt2-q8_0', 'gpt2', 0.2],
    ['gpt2-q4_0', 'gpt2', 1.5],
    ['spm-llama-q8_0', 'spm-llama', 0.2],
    ['qwen2-q8_0', 'qwen2', 0.2],
  ] as const)('%s scores like %s, within %d nats a token', async (stored, exact, tolerance) => {
    const score = async (kind: typeof stored | typeof exact) =>
      withModel(await tinyModel(kind), async (model) => {
        const tokens = model.tokenize(TEXT);
        return logprobs(tokens, await distributions(model, tokens));
      });
    const [a, b] = [await score(stored), await score(exact)];
    expect(a).not.toEqual(b);
    a.forEach((value, i) => {
      expect(Math.abs(value - b[i]!)).toBeLessThan(tolerance);
    });
  });
});

describe('special tokens', () => {
  it.each([
    ['gpt2', { bos: null, eos: '<|endoftext|>', prepended: false }],
    ['spm-llama', { bos: '<s>', eos: '</s>', prepended: true }],
    ['gemma2', { bos: '<bos>', eos: '<eos>', prepended: true }],
    ['qwen2', { bos: '<|endoftext|>', eos: '<|im_end|>', prepended: false }],
  ] as const)('%s', async (kind, expected) => {
    await withModel(await tinyModel(kind), ({ tokens }) => {
      expect({
        bos: tokens.bosString,
        eos: tokens.eosString,
        prepended: tokens.shouldPrependBosToken,
      }).toEqual(expected);
    });
  });
});

it('bert is recognised as what it is', async () => {
  await withModel(await tinyModel('bert'), (model) => {
    expect(model.fileInfo.metadata.general.architecture).toBe('bert');
    expect(model.vocabularyType).toBe('wpm');
  });
});

it("gives English 3 to 4 characters per token with GPT-2's vocabulary size", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vocabulary-'));
  const path = join(folder, 'model.gguf');
  await writeGguf(
    path,
    gpt2Model({ layers: 1, width: 32, heads: 2, vocab: 50_257, context: 16, type: 'Q4_0' }),
  );
  await withModel(path, (model) => {
    const ratio = ENGLISH.length / model.tokenize(ENGLISH).length;
    expect(ratio).toBeGreaterThan(3);
    expect(ratio).toBeLessThan(4.5);
  });
  await rm(folder, { recursive: true });
});
