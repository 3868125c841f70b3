import { hash } from 'node:crypto';

/** 128 bits of SHA-256 over parts that JSON can tell apart, as 32 hexadecimal digits. */
export function contentKey(...parts: readonly unknown[]): string {
  return hash('sha256', JSON.stringify(parts), 'hex').slice(0, 32);
}
