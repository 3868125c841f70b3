import { averageRanks } from './average-ranks.js';

/**
 * Spearman's rank correlation: Pearson's, of the ranks, with mean ranks for ties. Undefined when it does not exist:
 * for fewer than two pairs, or when one side has the same value everywhere. O(n log n).
 */
export function spearman(a: Float64Array, b: Float64Array): number | undefined {
  const [ranksA, ranksB] = [averageRanks(a), averageRanks(b)];
  // whatever the ties, ranks add up to n (n + 1) / 2
  const mean = (a.length + 1) / 2;
  let covariance = 0;
  let varianceA = 0;
  let varianceB = 0;
  for (let i = 0; i < a.length; i++) {
    const deviationA = ranksA[i]! - mean;
    const deviationB = ranksB[i]! - mean;
    covariance += deviationA * deviationB;
    varianceA += deviationA ** 2;
    varianceB += deviationB ** 2;
  }
  if (varianceA === 0 || varianceB === 0) return undefined;
  return covariance / Math.sqrt(varianceA * varianceB);
}
