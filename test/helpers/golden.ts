import { readFileSync } from 'node:fs';
import type { SpanName } from '../../src/domain/span-score.js';
import type { DefinitionName } from '../../src/options/choices.js';

export interface GoldenSpan {
  readonly tokens: number;
  readonly sum_logprob: number;
  readonly loss: number | null;
}

export type GoldenScores = Readonly<Record<SpanName, GoldenSpan>> & {
  readonly ifd_ppl: number;
  readonly rifd_ppl: number;
};

export interface GoldenEntry extends Readonly<Record<DefinitionName, GoldenScores>> {
  readonly id: string;
  readonly template: string;
  readonly instruction: string;
  readonly input: string;
  readonly output: string;
  readonly token_ids: { readonly output: readonly number[] };
}

/** See test/fixtures/golden/README.md. */
export const GOLDEN = JSON.parse(
  readFileSync(new URL('../fixtures/golden/tiny-instruct-5m.json', import.meta.url), 'utf8'),
) as readonly GoldenEntry[];
