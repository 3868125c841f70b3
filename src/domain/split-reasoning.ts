/** How reasoning models mark what they think before they answer: the pairs of tags in use. */
export const REASONING_TAGS: readonly (readonly [opening: string, closing: string])[] = [
  ['<think>', '</think>'],
  ['<thinking>', '</thinking>'],
  ['<thought>', '</thought>'],
  ['<reasoning>', '</reasoning>'],
  ['<|begin_of_thought|>', '<|end_of_thought|>'],
  ['[THINK]', '[/THINK]'],
];

export interface SplitText {
  /** Up to where the answer begins, tags and whitespace included; empty when the text begins with the answer. */
  readonly reasoning: string;
  readonly answer: string;
}

/**
 * Parts the reasoning that an answer begins with from the answer; joined they are the text. A template may write the opening
 * tag, so that the text begins behind it. Reasoning that is never closed leaves no answer; tags further on are the
 * answer's own.
 */
export function splitReasoning(text: string): SplitText {
  const start = text.length - text.trimStart().length;
  const opened = REASONING_TAGS.find(([opening]) => text.startsWith(opening, start));
  const closing = opened?.[1] ?? closingWithoutOpening(text);
  if (closing === undefined) return { reasoning: '', answer: text };
  const at = text.indexOf(closing, start);
  if (at === -1) return { reasoning: text, answer: '' };
  const rest = text.slice(at + closing.length);
  const answer = rest.trimStart();
  return { reasoning: text.slice(0, text.length - answer.length), answer };
}

/** The first closing tag in the text, when its opening tag is not before it. */
function closingWithoutOpening(text: string): string | undefined {
  const [first] = REASONING_TAGS.map(([opening, closing]) => ({
    opening,
    closing,
    at: text.indexOf(closing),
  }))
    .filter(({ at }) => at !== -1)
    .sort((a, b) => a.at - b.at);
  return first === undefined || text.lastIndexOf(first.opening, first.at) !== -1 ? undefined : first.closing;
}
