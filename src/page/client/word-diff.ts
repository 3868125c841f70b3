/** A run of words that both texts have, or only one of them. */
export interface DiffPart {
  readonly kind: 'same' | 'old' | 'new';
  readonly text: string;
}

/** More words that differ are not compared one by one: the time grows with the square of their number. */
const MOST_WORDS = 3000;

/** How a new text differs from an old one, word by word; parts of both kinds in turn make up either text. */
export function wordDiff(before: string, after: string): DiffPart[] {
  const [a, b] = [words(before), words(after)];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end++;
  const middle = diffMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end));
  const parts: DiffPart[] = [
    { kind: 'same', text: a.slice(0, start).join('') },
    ...middle,
    { kind: 'same', text: end === 0 ? '' : a.slice(-end).join('') },
  ];
  return joined(settled(joined(parts)));
}

/** What lies between two changes and is no word belongs to them: a blank that stayed is not worth telling. */
function settled(parts: readonly DiffPart[]): DiffPart[] {
  return parts.flatMap((part, i): DiffPart[] => {
    const isBetween = i > 0 && i < parts.length - 1;
    if (part.kind !== 'same' || !isBetween || /[\p{L}\p{N}]/u.test(part.text)) return [part];
    return [
      { kind: 'old', text: part.text },
      { kind: 'new', text: part.text },
    ];
  });
}

/** Words and what stands between them. */
function words(text: string): string[] {
  return text.match(/\s+|[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu) ?? [];
}

/** By the longest common subsequence. */
function diffMiddle(a: readonly string[], b: readonly string[]): DiffPart[] {
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) {
    return [
      { kind: 'old', text: a.join('') },
      { kind: 'new', text: b.join('') },
    ];
  }
  // [i][j]: length of the longest common subsequence of what follows from i and j on
  const width = b.length + 1;
  const longest = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        a[i] === b[j]
          ? longest[(i + 1) * width + j + 1]! + 1
          : Math.max(longest[(i + 1) * width + j]!, longest[i * width + j + 1]!);
    }
  }
  const parts: DiffPart[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      parts.push({ kind: 'same', text: a[i]! });
      i++;
      j++;
    } else if (
      j === b.length ||
      (i < a.length && longest[(i + 1) * width + j]! >= longest[i * width + j + 1]!)
    ) {
      parts.push({ kind: 'old', text: a[i++]! });
    } else parts.push({ kind: 'new', text: b[j++]! });
  }
  return parts;
}

/** Neighbours of one kind as one, empty ones left out; of what changes between words that stay, the old comes first. */
function joined(parts: readonly DiffPart[]): DiffPart[] {
  const result: DiffPart[] = [];
  const changed = { old: '', new: '' };
  const flush = () => {
    for (const kind of ['old', 'new'] as const) {
      if (changed[kind] !== '') result.push({ kind, text: changed[kind] });
      changed[kind] = '';
    }
  };
  for (const { kind, text } of parts) {
    if (text === '') continue;
    if (kind !== 'same') {
      changed[kind] += text;
      continue;
    }
    flush();
    const last = result.at(-1);
    if (last?.kind === 'same') result[result.length - 1] = { kind, text: last.text + text };
    else result.push({ kind, text });
  }
  flush();
  return result;
}
