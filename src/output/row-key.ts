import { hash } from 'node:crypto';

/** Name of the field that identifies a row by its content. */
export const ROW_KEY = 'row_key';

/** The first 64 bits of the SHA-256 of a row's source text, as 16 hexadecimal digits. */
export function rowKey(text: string): string {
  return hash('sha256', text, 'hex').slice(0, 16);
}
