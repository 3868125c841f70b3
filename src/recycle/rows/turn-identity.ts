import { CANDIDATES_FIELD } from '../reflections/carried-reflections.js';
import { contentKey } from '../run/content-key.js';
import type { RecycledTurn } from './recycled-turn.js';

/** Hash of all that can decide a turn: its texts and what is around them, and the candidates that may come with its row. */
export function turnIdentity({ row, index, sample, openness, context, answer }: RecycledTurn): string {
  const parts = [
    sample.instruction,
    sample.input,
    sample.output,
    row.object?.[CANDIDATES_FIELD] ?? null,
  ] as const;
  const isPlain = index === undefined && openness === 'pair';
  return isPlain
    ? contentKey(...parts)
    : contentKey(...parts, index, openness, context, answer.turn.reasoning);
}
