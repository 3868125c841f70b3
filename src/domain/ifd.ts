import { loss, type SpanScore } from './span-score.js';

/**
 * Instruction-Following Difficulty, PPL(answer | instruction) / PPL(answer) = exp(L(y|x) - L(y)).
 * Higher means more to learn while it stays below 1; above 1 the instruction does not help the student predict
 * the answer at all. Dimensionless and positive; Infinity when the loss difference exceeds 709 nats.
 * Source: Li et al., "Selective Reflection-Tuning", ACL Findings 2024, eq. 3 (perplexity form).
 */
export function ifd(conditioned: SpanScore, direct: SpanScore): number {
  return Math.exp(loss(conditioned) - loss(direct));
}

/**
 * Reversed IFD, PPL(instruction | answer) / PPL(instruction). Lower means the instruction is easier to deduce
 * from the answer, i.e. the answer fits it. The same ratio over the reversed pair; kept apart because its
 * direction is the opposite one. Source: as above, eq. 8.
 */
export function rifd(conditioned: SpanScore, direct: SpanScore): number {
  return ifd(conditioned, direct);
}

/**
 * The ratio of losses, L(y|x) / L(y): the form of the Cherry paper (Li et al. 2023, "From Quantity to
 * Quality", eq. 4). Crosses 1 where {@link ifd} does but orders samples differently. NaN when both losses are 0.
 */
export function lossRatio(conditioned: SpanScore, direct: SpanScore): number {
  return loss(conditioned) / loss(direct);
}
