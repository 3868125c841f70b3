/**
 * The forms one sample can take: as it came, with a reflected instruction (which brings its own answer), with a
 * reflected response to the original instruction, and with a reflected response to the reflected instruction.
 * The research code calls their files ori, Q, A and QA.
 */
export const VARIANTS = ['original', 'instruction', 'response', 'both'] as const;
export type Variant = (typeof VARIANTS)[number];

/** A variant whose response is not reflected: what a response reflection starts from. */
export type BaseVariant = Extract<Variant, 'original' | 'instruction'>;

/** What a response reflection makes of each base. */
export const RESPONSE_REFLECTED = {
  original: 'response',
  instruction: 'both',
} as const satisfies Record<BaseVariant, Variant>;

/** What `transform` makes of each variant's value. */
export function mapVariants<From, To>(
  values: Readonly<Record<Variant, From>>,
  transform: (value: From) => To,
): Readonly<Record<Variant, To>> {
  return {
    original: transform(values.original),
    instruction: transform(values.instruction),
    response: transform(values.response),
    both: transform(values.both),
  };
}
