/** The definitions, written down as they are defined and nothing else. */

export function naiveRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const smaller = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return smaller + (equal + 1) / 2;
  });
}

export function naiveSpearman(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [naiveRanks(a), naiveRanks(b)];
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const sum = (term: (i: number) => number) => x.reduce((total, _, i) => total + term(i), 0);
  const covariance = sum((i) => (x[i]! - meanX) * (y[i]! - meanY));
  return covariance / Math.sqrt(sum((i) => (x[i]! - meanX) ** 2) * sum((i) => (y[i]! - meanY) ** 2));
}

export function naiveKendall(a: readonly number[], b: readonly number[]): number {
  let [balance, untiedA, untiedB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j < i; j++) {
      const [signA, signB] = [Math.sign(a[i]! - a[j]!), Math.sign(b[i]! - b[j]!)];
      balance += signA * signB;
      untiedA += Math.abs(signA);
      untiedB += Math.abs(signB);
    }
  }
  return balance / Math.sqrt(untiedA * untiedB);
}
