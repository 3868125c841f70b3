import type { CaseName } from './cases.js';
import { LONG, type LossGap } from './compare-losses.js';

export interface ParityOf {
  readonly name: CaseName;
  readonly vocabulary: string;
  /** `precise` against transformers, by definition. */
  readonly exact: LossGap;
  readonly reference: LossGap;
  /** `fast` on F32 weights against transformers. */
  readonly fast: LossGap;
}

/** A table in Markdown: how far each architecture's scores are from transformers' in fp32. */
export function renderParity(cases: readonly ParityOf[]): string {
  const head = [
    'model',
    'tokenizer',
    'spans',
    'other tokens',
    '`precise`, exact',
    'reference',
    '`fast`, exact',
  ];
  return markdown(
    head,
    cases.map(({ name, vocabulary, exact, reference, fast }) => [
      ...[name, vocabulary, String(exact.spans + reference.spans)],
      String(exact.otherTokens + reference.otherTokens),
      ...[exact, reference, fast].map(({ worst }) => scientific(worst)),
    ]),
  );
}

/** `fast` against `precise` on one file. */
export interface TypeGap {
  readonly name: CaseName;
  readonly type: string;
  readonly gap: LossGap;
}

/** A table in Markdown: how far `fast` is from the file's own weights in F32, by weight type. */
export function renderWeightTypes(gaps: readonly TypeGap[]): string {
  const types = [...new Set(gaps.map(({ type }) => type))];
  const names = [...new Set(gaps.map(({ name }) => name))];
  const head = ['model', ...types.flatMap((type) => [type, `${LONG} tokens and more`])];
  const rows = names.map((name) => [
    name,
    ...types.flatMap((type) => {
      const gap = gaps.find((candidate) => candidate.name === name && candidate.type === type)?.gap;
      return gap ? [scientific(gap.worst), scientific(gap.worstOfLong)] : ['', ''];
    }),
  ]);
  return markdown(head, rows);
}

function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}

function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line), ''].join('\n');
}
