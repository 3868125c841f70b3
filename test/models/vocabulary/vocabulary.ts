import { array, type GgufMetadata, i32, string, u32 } from '../gguf/gguf-value.js';

/** llama.cpp's numbers for what a token is. */
const TOKEN_TYPES = { normal: 1, unknown: 2, control: 3, unused: 5, byte: 6 } as const;

export interface Token {
  readonly text: string;
  readonly type: keyof typeof TOKEN_TYPES;
}

/** Special tokens by the part of the metadata key that names their role; the values are token texts. */
export type SpecialTokens = Readonly<
  Partial<Record<'bos' | 'eos' | 'unknown' | 'seperator' | 'padding', string>>
>;

/**
 * `tokens` with unused ones after them, `size` in all.
 * @throws RangeError when there are more already.
 */
export function padTokens(tokens: readonly Token[], size: number): readonly Token[] {
  if (tokens.length > size)
    throw new RangeError(`a vocabulary of ${size} cannot hold ${tokens.length} tokens`);
  const missing = Array.from(
    { length: size - tokens.length },
    (_, i): Token => ({
      text: `[PAD${i}]`,
      type: 'unused',
    }),
  );
  return [...tokens, ...missing];
}

/** The token table and the special token ids as llama.cpp reads them. */
export function vocabularyMetadata(tokens: readonly Token[], specials: SpecialTokens): GgufMetadata {
  const idOf = (text: string) => tokens.findIndex((token) => token.text === text);
  return [
    ['tokenizer.ggml.tokens', array(tokens.map(({ text }) => string(text)))],
    ['tokenizer.ggml.token_type', array(tokens.map(({ type }) => i32(TOKEN_TYPES[type])))],
    ...Object.entries(specials).map(
      ([role, text]) => [`tokenizer.ggml.${role}_token_id`, u32(idOf(text))] as const,
    ),
  ];
}
