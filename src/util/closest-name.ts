/** The name that was probably meant, undefined when none is near. Hyphens, underscores and case do not count. */
export function closestName(given: string, names: readonly string[]): string | undefined {
  const plain = plainName(given);
  const near = names
    .map((name) => ({ name, edits: editsBetween(plain, plainName(name)) }))
    .filter(({ edits }) => edits <= Math.max(1, plain.length / 4))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.name;
}

function plainName(name: string): string {
  return name.replace(/[-_]/g, '').toLowerCase();
}

/** Characters to add, drop or replace to make one text the other (Levenshtein). */
function editsBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
