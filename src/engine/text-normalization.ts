/** What a tokenizer does to a text before it cuts it up. */
export type TextNormalization = 'NFC' | 'none';

/**
 * llama.cpp's names (`tokenizer.ggml.pre`) of tokenizer families that bring text into Unicode's composed form first,
 * which llama.cpp leaves out. As transformers 5.23 has them: `normalizers.NFC()` in the tokenizers of Qwen2, Qwen3.5,
 * Cohere and GPT-NeoX, the last of which OLMo and MPT use. Families that are not listed take text as it is, or what they
 * do to it llama.cpp does, too.
 */
const NFC_FAMILIES: ReadonlySet<string> = new Set(['qwen2', 'qwen35', 'command-r', 'olmo', 'mpt']);

/** @param preTokenizer - As the file names it; empty where it does not. */
export function textNormalization(preTokenizer: string): TextNormalization {
  return NFC_FAMILIES.has(preTokenizer) ? 'NFC' : 'none';
}

/** The texts as the tokenizer sees them. */
export function normalizeTexts(
  texts: readonly string[],
  normalization: TextNormalization,
): readonly string[] {
  return normalization === 'none' ? texts : texts.map((text) => text.normalize(normalization));
}
