/**
 * A row as the page shows it: plain JSON, read by the page's own code in the browser. All texts are of the dataset or a
 * teacher, and none is to be trusted.
 */

/** `before`: the rows as they came; `after`: what a run selected. */
export type Moment = 'before' | 'after';

/** A text; a long one is cut, and `length` is what it had, in UTF-16 units. */
export type ShownText = string | { readonly head: string; readonly length: number };

export interface ShownSample {
  readonly instruction: ShownText;
  readonly input: ShownText;
  readonly output: ShownText;
}

export interface ShownTurn {
  readonly role: string;
  readonly text: ShownText;
  /** What a student said of it, by the name of the figure. */
  readonly figures: Readonly<Record<string, number>>;
  /** Why it has no figure. */
  readonly reason?: string;
  /** Of an answer whose log-probs are in the file. */
  readonly tokens?: ShownTokens;
}

/** What a row is about. */
export type ShownContent =
  | { readonly kind: 'sample'; readonly sample: ShownSample }
  | { readonly kind: 'chat'; readonly turns: readonly ShownTurn[] }
  /** Of a run: the row as it came, and the variant that won, when that is another. */
  | { readonly kind: 'change'; readonly before: ShownSample; readonly after?: ShownSample }
  /** It holds no sample. */
  | { readonly kind: 'other'; readonly text: ShownText };

export interface ShownScores {
  readonly ifd: number | null;
  readonly rifd: number | null;
}

/** How the decision of a run came about. */
export interface ShownDecision {
  /** In words, in the order in which they were made. */
  readonly steps: readonly string[];
  /** The scores that were asked for, by variant. */
  readonly scores: Readonly<Record<string, ShownScores>>;
  readonly reflections: readonly ShownReflection[];
}

/** An answer of a conversation beside the one that stands for the row. */
export interface ShownOtherTurn {
  /** Its place in the conversation. */
  readonly turn: number;
  /** In words. */
  readonly verdict: string;
  readonly before: ShownSample;
  readonly after?: ShownSample;
  readonly decision: ShownDecision;
}

export interface ShownReflection {
  readonly variant: string;
  readonly status: string;
  readonly reason: string | null;
  readonly detail: ShownText | null;
  /** By criterion. */
  readonly critique: readonly (readonly [criterion: string, text: ShownText])[];
  /** What was asked of whom and what it took, in words: a teacher's name, tokens, a price. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The reply itself, where it could not be used. */
  readonly raw: ShownText | null;
}

/** The tokens of an answer, and how probable each was. */
export interface ShownTokens {
  /** Their texts, which make up the answer; absent where no student was at hand to say what they are. */
  readonly texts?: readonly string[];
  /** ln p of each token after the instruction, and by itself. */
  readonly conditioned: readonly number[];
  readonly direct: readonly number[];
}

export interface ShownRow {
  /** From 1 on, in its source. */
  readonly place: number;
  readonly key: string;
  /** Its own `id`, if it has one. */
  readonly id: string | null;
  readonly before: ShownScores;
  /** Of what a run selected. */
  readonly after: ShownScores | null;
  /** Of the answer, in the unit of the survey's lengths. */
  readonly length: number | null;
  readonly isKept: boolean;
  /** The nodes of the flow that it went through. */
  readonly path: readonly string[];
  /** `<kind> <reason>`, see {@link ReasonCount}. */
  readonly reasons: readonly string[];
  readonly group: string | null;
  readonly content: ShownContent;
  readonly decision?: ShownDecision;
  /** Of a conversation: its other answers that were decided. */
  readonly others?: readonly ShownOtherTurn[];
  readonly tokens?: ShownTokens;
  /** What else there is to know: losses, token counts, the row's own fields. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Why it has no score, in a sentence. */
  readonly detail: ShownText | null;
}
