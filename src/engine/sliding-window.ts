/** What tells whether a model was trained to look back over a window only. Tokens, and 0 for what is absent. */
export interface WindowFacts {
  readonly architecture: string;
  /** The window that llama.cpp applies. */
  readonly slidingWindow: number;
  /** The window that the file states. */
  readonly statedWindow: number;
  readonly contextLength: number;
  readonly width: number;
  readonly layers: number;
  readonly ropeBase: number;
}

interface KnownWindow {
  readonly matches: (facts: WindowFacts) => boolean;
  readonly window: number;
}

/** Models with a window that their GGUF files do not state, from the configurations that they were published with. */
const KNOWN_WINDOWS: readonly KnownWindow[] = [
  // Mistral 7B v0.1 and what was trained from it; v0.2 has another rope base and no window
  {
    matches: ({ architecture, contextLength, width, layers, ropeBase }) =>
      architecture === 'llama' &&
      contextLength === 32_768 &&
      width === 4096 &&
      layers === 32 &&
      (ropeBase === 10_000 || ropeBase === 0),
    window: 4096,
  },
  // StarCoder2 3B, 7B and 15B
  { matches: ({ architecture }) => architecture === 'starcoder2', window: 4096 },
];

/** The window, in tokens, that a model was trained with and llama.cpp does not apply; 0 when none is known of. */
export function ignoredWindow(facts: WindowFacts): number {
  if (facts.slidingWindow > 0) return 0;
  if (facts.statedWindow > 0) return facts.statedWindow;
  return KNOWN_WINDOWS.find(({ matches }) => matches(facts))?.window ?? 0;
}

/**
 * What a user should know when sequences may be longer than a window that llama.cpp ignores.
 * @param maxLengthName - How the caller calls the option that bounds a sequence.
 */
export function windowWarnings(window: number, maxLength: number, maxLengthName: string): readonly string[] {
  // a sequence's last token is predicted but attends to nothing
  if (window === 0 || maxLength <= window + 1) return [];
  return [
    `the model was trained to look back over ${window} tokens, which llama.cpp does not apply: in sequences of more ` +
      `than that its scores are other than the model’s own; with ${maxLengthName} ${window} there are none`,
  ];
}
