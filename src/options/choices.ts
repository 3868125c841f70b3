/** The closed sets that options choose from. */

/**
 * `fast`: the file's own weights, an F16 cache, flash attention where the device has it. `precise`: weights widened
 * to F32 while loading, an F32 cache, attention in F32; costs memory, agrees with an F32 reference to about 1e-6 a
 * token.
 */
export const PRECISIONS = ['fast', 'precise'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** The rules that turn a sample into spans: our own, and what the research code computes. */
export const DEFINITION_NAMES = ['exact', 'reference'] as const;
export type DefinitionName = (typeof DEFINITION_NAMES)[number];

export const BUILT_IN_TEMPLATE_NAMES = ['alpaca', 'vicuna', 'wizardlm', 'none'] as const;
export type BuiltInTemplateName = (typeof BUILT_IN_TEMPLATE_NAMES)[number];

/**
 * `v2`: the student chooses between what is there and what the teacher made of it. `v1`: everything is reflected
 * and kept. `score-only`: the rows bring their candidates with them.
 */
export const RECYCLE_MODES = ['v2', 'v1', 'score-only'] as const;
export type RecycleMode = (typeof RECYCLE_MODES)[number];

/**
 * `response-reflected` drops rows whose unreflected response wins, so that all answers in the result are the
 * teacher's, as published; `all` keeps them.
 */
export const KEEP_POLICIES = ['response-reflected', 'all'] as const;
export type KeepPolicy = (typeof KEEP_POLICIES)[number];

/**
 * What follows when the winner fails a threshold. `drop` rejects the row, as published. `next-best` tries the other
 * variants that `keep` allows: first the one the winner's response was compared with, then the same two for the
 * instruction that lost. That may cost a third teacher call.
 */
export const FILTER_FAIL_POLICIES = ['drop', 'next-best'] as const;
export type FilterFailPolicy = (typeof FILTER_FAIL_POLICIES)[number];

/** Formats in which a server can be asked for a reply, the strictest first. */
export const SERVER_FORMATS = ['json_schema', 'json_object', 'markers'] as const;
export type ServerFormat = (typeof SERVER_FORMATS)[number];

/** What of an assistant's turn is scored: all of it, or only what follows the reasoning that it begins with. */
export const TARGET_CHOICES = ['all', 'answer'] as const;
export type TargetChoice = (typeof TARGET_CHOICES)[number];

/** Which answers of a conversation are recycled: the last one, or each. */
export const TURN_CHOICES = ['last', 'all'] as const;
export type TurnChoice = (typeof TURN_CHOICES)[number];

/** The ways in which rows spell what was said. */
export const LAYOUT_NAMES = [
  /** A column each for the instruction, its input and the answer, by whatever names. */
  'alpaca',
  /** `prompt` and `completion`, each a text or a list of messages. */
  'prompt-completion',
  /** A list of messages with `role` and `content`. */
  'messages',
  /** A list of messages with `from` and `value`. */
  'sharegpt',
  /** A list of exchanges, both sides of which stand in one object: `{"human": ..., "assistant": ...}`. */
  'sharegpt-pairs',
  /** Two answers, `chosen` and `rejected`, each a text or messages. */
  'preference',
] as const;
export type LayoutName = (typeof LAYOUT_NAMES)[number];
