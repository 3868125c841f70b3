import { loss, type SpanScore } from './span-score.js';

/**
 * PPL(target | context) / PPL(target) = exp(L(t|c) - L(t)). Dimensionless and positive; Infinity when the loss
 * difference exceeds 709 nats. Of an answer given its instruction this is Instruction-Following Difficulty: higher means
 * more to learn while it stays below 1; above 1 the instruction does not help the student predict the answer at all. Of
 * an instruction given its answer it is the reversed IFD: lower means the instruction is easier to deduce from the
 * answer, i.e. the answer fits it. Source: Li et al., "Selective Reflection-Tuning", ACL Findings 2024, eq. 3 and 8.
 */
export function perplexityRatio(conditioned: SpanScore, direct: SpanScore): number {
  return Math.exp(loss(conditioned) - loss(direct));
}

/**
 * The ratio of losses, L(t|c) / L(t): the form of the Cherry paper (Li et al. 2023, "From Quantity to Quality", eq. 4).
 * Crosses 1 where {@link perplexityRatio} does but orders samples differently. NaN when both losses are 0.
 */
export function lossRatio(conditioned: SpanScore, direct: SpanScore): number {
  return loss(conditioned) / loss(direct);
}
