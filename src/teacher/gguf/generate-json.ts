import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';
import { JsonSeparators } from '../../util/json-separators.js';

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
  const end = new JsonObjectEnd();
  // What an earlier request left behind could change rounding, and with it the text.
  await sequence.clearHistory();
  for await (const token of sequence.evaluate(prompt, options)) {
    signal.throwIfAborted();
    tokens.push(token);
    // After the object the grammar goes on with white space, so its end has to be noticed here.
    if (end.isWithin(model.detokenize([token]))) {
      return { text: model.detokenize(tokens), tokenCount: tokens.length, complete: true };
    }
    if (tokens.length >= maxTokens) break;
  }
  return { text: model.detokenize(tokens), tokenCount: tokens.length, complete: false };
}

const OPENING_BRACE = 0x7b;
const CLOSING_BRACE = 0x7d;

/** Follows a JSON object as it is written, piece by piece, to its closing brace. */
export class JsonObjectEnd {
  readonly #separators = new JsonSeparators('object');
  #isOpen = false;

  /** Takes the next piece; true once it closes the object. */
  isWithin(piece: string): boolean {
    const bytes = Buffer.from(piece);
    let from = 0;
    if (!this.#isOpen) {
      from = bytes.indexOf(OPENING_BRACE) + 1;
      if (from === 0) return false;
      this.#isOpen = true;
    }
    for (;;) {
      const end = this.#separators.next(bytes, from);
      if (end === -1) return false;
      if (bytes[end] === CLOSING_BRACE) return true;
      from = end + 1;
    }
  }
}
