import type { TextNormalization } from './text-normalization.js';

/** What a model's file says about itself. */
export interface ModelDescription {
  /** The family in GGUF's words, e.g. `llama`. */
  readonly architecture: string;
  /** Often empty. */
  readonly name: string;
  /** Of the file, e.g. `F16`, `Q8_0`, `Q4_K - Medium`. */
  readonly quantization: string;
  /** The kind of tokenizer: `spm`, `bpe`, ... */
  readonly vocabType: string;
  /** The family of a `bpe` tokenizer in llama.cpp's words, e.g. `qwen2`; empty where the file does not name it. */
  readonly preTokenizer: string;
  /** What is done to texts before they are tokenized, as the family has it. */
  readonly textNormalization: TextNormalization;
  readonly parameters: number;
  /** Of the weights as loaded. */
  readonly bytes: number;
  /** Tokens in the vocabulary. */
  readonly vocabSize: number;
  /** Length of a hidden state. */
  readonly width: number;
  readonly layers: number;
  /** Tokens. */
  readonly contextLength: number;
  /** Tokens that attention looks back over; 0 when it looks back over all. */
  readonly slidingWindow: number;
  /** Tokens that it looked back over in training where llama.cpp lets it look back over all; else 0. */
  readonly ignoredWindow: number;
  /** State instead of, or beside, a cache of keys and values. */
  readonly recurrent: boolean;
  /** Of a mixture of experts, how many; 0 when every weight takes part in every token. */
  readonly experts: number;
  /** Whether its tokenizer puts a BOS before every text. */
  readonly addsBos: boolean;
  /** Token ids; null when the vocabulary has none. */
  readonly bos: number | null;
  readonly eos: number | null;
  /** What llama.cpp warned of while it loaded the file and what may change numbers, a sentence each. */
  readonly warnings: readonly string[];
  /** How the vocabulary spells these; empty when it has none. */
  readonly bosText: string;
  readonly eosText: string;
  /** Jinja by name; `default` is the one without a name. Empty for a base model. */
  readonly chatTemplates: Readonly<Record<string, string>>;
}
