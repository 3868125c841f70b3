import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';

export interface Generated {
  readonly text: string;
  readonly tokenCount: number;
  /** False when the token limit or the model ended the text before the object was closed. */
  readonly complete: boolean;
}

/** Lets a model go on from `prompt` until it has written one JSON object, under a grammar that allows only that. */
export async function generateJson(
  sequence: LlamaContextSequence,
  prompt: Token[],
  maxTokens: number,
  options: SequenceEvaluateOptions,
  signal: AbortSignal,
): Promise<Generated> {
  const { model } = sequence;
  const tokens: Token[] = [];
  // What an earlier request left behind could change rounding, and with it the text.
  await sequence.clearHistory();
  for await (const token of sequence.evaluate(prompt, options)) {
    signal.throwIfAborted();
    tokens.push(token);
    // After the object the grammar goes on with white space, so its end has to be noticed here.
    if (model.detokenize([token]).includes('}')) {
      const text = model.detokenize(tokens);
      if (isJson(text)) return { text, tokenCount: tokens.length, complete: true };
    }
    if (tokens.length >= maxTokens) break;
  }
  return { text: model.detokenize(tokens), tokenCount: tokens.length, complete: false };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
