import type { SampleRow } from '../../dataset/row.js';
import { CANDIDATES_FIELD } from '../reflections/carried-reflections.js';
import { contentKey } from '../run/content-key.js';

/** Hash of all that can decide a row: its texts, and the candidates that may come with it. */
export function rowIdentity({ sample, object }: SampleRow): string {
  return contentKey(sample.instruction, sample.input, sample.output, object?.[CANDIDATES_FIELD] ?? null);
}
