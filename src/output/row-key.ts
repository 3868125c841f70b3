import { hash } from 'node:crypto';
import type { SpelledRow } from '../dataset/row.js';

/** Name of the field that identifies a row by its content. */
export const ROW_KEY = 'row_key';

/** The first 64 bits of the SHA-256 of a row's source, as 16 hexadecimal digits. */
export function rowKey({ text, bytes }: Omit<SpelledRow, 'object'>): string {
  return hash('sha256', bytes ?? text, 'hex').slice(0, 16);
}
