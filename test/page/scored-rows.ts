import { hash } from 'node:crypto';
import type { JsonObject } from '../../src/util/json-value.js';

/** A line of a scored file, as `score` writes it as far as reports look at it. */
export function scoredLine(
  own: JsonObject,
  {
    ifd,
    rifd,
    tokens = 10,
  }: { readonly ifd: number | null; readonly rifd: number | null; readonly tokens?: number },
): JsonObject {
  const isScored = ifd !== null && rifd !== null;
  return {
    ...own,
    row_key: hash('sha256', JSON.stringify(own)).slice(0, 16),
    ifd_ppl: ifd,
    rifd_ppl: rifd,
    tokens_A_condition: tokens,
    status: isScored ? 'scored' : 'unscorable',
    reason: isScored ? null : 'reverse_prompt_too_long',
    detail: isScored ? null : 'The answer leaves no room.',
  };
}

/** Forty rows: IFD and r-IFD go through their ranges at different paces, every tenth has no r-IFD. */
export function fortyRows(shift = 0): JsonObject[] {
  return Array.from({ length: 40 }, (_, i) =>
    scoredLine(
      {
        id: `id-${i}`,
        instruction: `Question ${i}: what is ${i} times two?`,
        input: '',
        output: `It is ${2 * i}.`,
        source: i % 3 === 0 ? 'sums' : 'other',
      },
      {
        ifd: 0.42 + 0.02 * ((i * 7) % 40) + shift,
        rifd: i % 10 === 9 ? null : 0.4 + 0.03 * ((i * 3) % 40),
        tokens: 1 + i,
      },
    ),
  );
}

export function asLines(rows: readonly JsonObject[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
