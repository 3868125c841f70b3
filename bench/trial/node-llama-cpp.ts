import {
  getLlama,
  type LlamaContextSequence,
  LlamaLogLevel,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import { type Distribution, NodeLlamaScorer } from './node-llama-scorer.js';
import { randomPrompts } from './random-prompts.js';
import { type Measured, PROMPT_TOKENS, type TrialTask } from './task.js';
import { timeScoring } from './time-scoring.js';

/** The same spans, scored with what node-llama-cpp offers for it. */
export async function scoreWithNodeLlamaCpp(task: TrialTask, distribution: Distribution): Promise<Measured> {
  const { model, sequence } = await load(task, Number.POSITIVE_INFINITY);
  const scorer = new NodeLlamaScorer(model, sequence, distribution);
  const measured = await timeScoring(scorer, task);
  return { ...measured, facts: { cpuBackend: 'prebuilt', maxLength: scorer.maxLength } };
}

/** Bare prefill by node-llama-cpp on its own libraries, no output row at all: a check on `prefill`. */
export async function nodePrefill(task: TrialTask): Promise<Measured> {
  const { model, sequence } = await load(task, PROMPT_TOKENS);
  const length = Math.min(PROMPT_TOKENS, sequence.contextSize - 2);
  const vocabSize = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  const prompts = randomPrompts(task.prompts, length, vocabSize);
  const decode = async (tokens: Int32Array) => {
    await sequence.clearHistory();
    await sequence.evaluateWithoutGeneratingNewTokens(Array.from(tokens) as Token[]);
  };
  await decode(prompts[0]!);
  const started = performance.now();
  for (const tokens of prompts) await decode(tokens);
  const seconds = (performance.now() - started) / 1000;
  const tokens = prompts.length * length;
  return { seconds, tokens, rows: 0, losses: [], facts: { cpuBackend: 'prebuilt' } };
}

/** One sequence with room for `length` tokens, or for as many as the model was trained on. */
async function load(
  { model: modelPath, threads }: TrialTask,
  length: number,
): Promise<{ model: LlamaModel; sequence: LlamaContextSequence }> {
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    maxThreads: threads,
    logLevel: LlamaLogLevel.error,
  });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({
    // One more than it may fill: node-llama-cpp shifts the context when the last place is taken.
    contextSize: Math.min(length, model.trainContextSize ?? PROMPT_TOKENS, 2048) + 1,
    batchSize: PROMPT_TOKENS,
    threads,
    sequences: 1,
  });
  return { model, sequence: context.getSequence() };
}
