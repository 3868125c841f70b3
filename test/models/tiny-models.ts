import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { bertModel } from './architectures/bert-model.js';
import { gemma2Model } from './architectures/gemma2-model.js';
import { gpt2Model } from './architectures/gpt2-model.js';
import { mambaModel } from './architectures/mamba-model.js';
import { qwen2Model } from './architectures/qwen2-model.js';
import { spmLlamaModel } from './architectures/spm-llama-model.js';
import { cachedGguf } from './gguf/cached-gguf.js';
import { type GgufMetadata, string, u32 } from './gguf/gguf-value.js';
import type { GgufSpec } from './gguf/gguf-writer.js';

/** Built like everything in there, and as easily thrown away. */
const FOLDER = join(PROJECT_ROOT, 'build', 'test-models');

const GPT2 = { layers: 2, width: 64, heads: 4, vocab: 800, context: 128 } as const;
const ROTARY = {
  layers: 2,
  width: 64,
  heads: 4,
  kvHeads: 2,
  feedForward: 128,
  vocab: 800,
  context: 256,
} as const;
const RECURRENT = { layers: 2, width: 64, vocab: 800, context: 256 } as const;

/** The same file with these keys, in place of those of the same name. */
function withMetadata(spec: GgufSpec, metadata: GgufMetadata): GgufSpec {
  const keys = new Set(metadata.map(([key]) => key));
  return { ...spec, metadata: [...spec.metadata.filter(([key]) => !keys.has(key)), ...metadata] };
}

const MODELS = {
  gpt2: () => gpt2Model({ ...GPT2, type: 'F32' }),
  'gpt2-untied': () => gpt2Model({ ...GPT2, type: 'F32', untied: true }),
  'gpt2-f16': () => gpt2Model({ ...GPT2, type: 'F16' }),
  'gpt2-q8_0': () => gpt2Model({ ...GPT2, type: 'Q8_0' }),
  'gpt2-q4_0': () => gpt2Model({ ...GPT2, type: 'Q4_0' }),
  'spm-llama': () => spmLlamaModel({ ...ROTARY, type: 'F32' }),
  'spm-llama-q8_0': () => spmLlamaModel({ ...ROTARY, type: 'Q8_0' }),
  gemma2: () => gemma2Model({ ...ROTARY, layers: 3, headWidth: 32, slidingWindow: 32, type: 'F32' }),
  qwen2: () => qwen2Model({ ...ROTARY, type: 'F32' }),
  'qwen2-q8_0': () => qwen2Model({ ...ROTARY, type: 'Q8_0' }),
  mamba: () => mambaModel({ ...RECURRENT, type: 'F32' }),
} as const satisfies Record<string, () => GgufSpec>;

/** For one question each. */
const PECULIAR = {
  /** States a sliding window that llama.cpp does not apply. */
  'spm-llama-window': () =>
    withMetadata(spmLlamaModel({ ...ROTARY, type: 'F32' }), [['llama.attention.sliding_window', u32(64)]]),
  /** Its name makes llama.cpp look for tokens that its vocabulary does not have. */
  'named-phi-3': () =>
    withMetadata(qwen2Model({ ...ROTARY, type: 'F32' }), [['general.name', string('My phi-3 of a kind')]]),
  /** Like the real ones, with ordinary tokens that look like control tokens. */
  'qwen2-lookalikes': () => qwen2Model({ ...ROTARY, type: 'F32', unreachable: ['</s>', '<eos>'] }),
  /** No causal language model: for the refusal. */
  bert: () => bertModel({ layers: 2, width: 64, heads: 4, vocab: 64, context: 128, type: 'F32' }),
} as const satisfies Record<string, () => GgufSpec>;

export type TinyModel = keyof typeof MODELS | keyof typeof PECULIAR;

/** Those that every test of architectures is to pass with. */
export const TINY_MODELS = Object.keys(MODELS) as readonly (keyof typeof MODELS)[];

/** The path of a random model of at most 1 MB, written on first use and shared by all test processes. */
export function tinyModel(kind: TinyModel): Promise<string> {
  return cachedGguf(FOLDER, kind, { ...MODELS, ...PECULIAR }[kind]());
}

/** The same with chat templates: files of test/fixtures/chat-templates by their name in the model, `` for none. */
export function tinyChatModel(
  kind: keyof typeof MODELS,
  templates: Readonly<Record<string, string>>,
): Promise<string> {
  const spec: GgufSpec = MODELS[kind]();
  const added = Object.entries(templates).map(([name, file]) => {
    const source = readFileSync(join(PROJECT_ROOT, `test/fixtures/chat-templates/${file}.jinja`), 'utf8');
    return [`tokenizer.chat_template${name === '' ? '' : `.${name}`}`, string(source)] as const;
  });
  return cachedGguf(FOLDER, `${kind}-chat`, {
    ...spec,
    metadata: [...spec.metadata, ...added],
  });
}
