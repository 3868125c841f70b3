import { isUtf8 } from 'node:buffer';
import type { SchemaElement } from 'hyparquet';
import { shortestFloat32 } from '../../../util/float32.js';
import { INVALID_TEXT, spellFloat16, spellNumber } from '../../spell-json.js';
import { spellDate, spellDecimal, spellTime, spellTimestamp, type TimeUnit } from '../../spell-value.js';

/** How a column's stored values are spelled as JSON. */
export type SpellLeaf = (stored: unknown) => string;

const UNITS = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' } as const satisfies Record<string, TimeUnit>;

/**
 * Texts, enumerations and JSON as texts; integers and decimals with all their digits; dates and times in ISO's form; bytes
 * in base64. What is no finite number is null.
 */
export function spellLeaf(element: SchemaElement): SpellLeaf {
  const { type, converted_type: converted, logical_type: logical } = element;
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') return spellDecimals(element);
  switch (type) {
    case 'BOOLEAN':
      return (stored) => (stored ? 'true' : 'false');
    case 'INT32':
      return spellInteger(element, 32);
    case 'INT64':
      return spellInteger(element, 64);
    case 'INT96':
      return (stored) => quoted(spellTimestamp(nanosOf(stored as bigint), 'ns', false));
    case 'FLOAT':
      return (stored) => spellNumber(stored as number, shortestFloat32);
    case 'DOUBLE':
      return (stored) => spellNumber(stored as number);
    case 'BYTE_ARRAY':
      return isText(element) ? spellText : spellBytes;
    default:
      if (logical?.type === 'UUID') return (stored) => quoted(uuidOf(stored as Uint8Array));
      if (logical?.type === 'FLOAT16')
        return (stored) => spellFloat16(bufferOf(stored as Uint8Array).readUInt16LE());
      return spellBytes;
  }
}

function isText({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return (
    converted === 'UTF8' ||
    converted === 'ENUM' ||
    converted === 'JSON' ||
    logical?.type === 'STRING' ||
    logical?.type === 'ENUM' ||
    logical?.type === 'JSON'
  );
}

function spellText(stored: unknown): string {
  const bytes = bufferOf(stored as Uint8Array);
  return isUtf8(bytes) ? JSON.stringify(bytes.toString()) : INVALID_TEXT;
}

function spellBytes(stored: unknown): string {
  return quoted(bufferOf(stored as Uint8Array).toString('base64'));
}

function spellInteger(
  { converted_type: converted, logical_type: logical }: SchemaElement,
  bits: 32 | 64,
): SpellLeaf {
  if (logical?.type === 'DATE' || converted === 'DATE') return (stored) => quoted(spellDate(Number(stored)));
  const unit = unitOf(converted, logical);
  if (logical?.type === 'TIMESTAMP' || converted?.startsWith('TIMESTAMP_')) {
    const isUtc = logical?.type === 'TIMESTAMP' ? logical.isAdjustedToUTC : true;
    return (stored) => quoted(spellTimestamp(BigInt(stored as bigint), unit, isUtc));
  }
  if (logical?.type === 'TIME' || converted?.startsWith('TIME_')) {
    return (stored) => quoted(spellTime(BigInt(stored as bigint), unit));
  }
  const isUnsigned =
    converted?.startsWith('UINT_') || (logical?.type === 'INTEGER' && logical.isSigned === false);
  if (!isUnsigned) return (stored) => String(stored);
  return bits === 32
    ? (stored) => String((stored as number) >>> 0)
    : (stored) => BigInt.asUintN(64, stored as bigint).toString();
}

function unitOf(
  converted: SchemaElement['converted_type'],
  logical: SchemaElement['logical_type'],
): TimeUnit {
  if (logical?.type === 'TIMESTAMP' || logical?.type === 'TIME') return UNITS[logical.unit];
  return converted?.endsWith('_MILLIS') ? 'ms' : 'us';
}

function spellDecimals({ logical_type: logical, scale: stated }: SchemaElement): SpellLeaf {
  const scale = (logical?.type === 'DECIMAL' ? logical.scale : stated) ?? 0;
  return (stored) =>
    spellDecimal(stored instanceof Uint8Array ? signed(stored) : BigInt(stored as bigint), scale);
}

/** Of bytes, the highest first. */
function signed(bytes: Uint8Array): bigint {
  const digits = bufferOf(bytes).toString('hex');
  return digits === '' ? 0n : BigInt.asIntN(bytes.length * 8, BigInt(`0x${digits}`));
}

/** Of a time as Impala and early Spark stored it: days by the Julian calendar, and nanoseconds of the day. */
function nanosOf(stored: bigint): bigint {
  const days = (stored >> 64n) - 2440588n;
  return days * 86_400_000_000_000n + BigInt.asUintN(64, stored);
}

function uuidOf(bytes: Uint8Array): string {
  return bufferOf(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Of texts that need no escapes. */
function quoted(text: string): string {
  return `"${text}"`;
}
