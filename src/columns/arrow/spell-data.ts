import { isUtf8 } from 'node:buffer';
import type { DataType as ArrowType, Data } from 'apache-arrow';
import { shortestFloat32 } from '../../util/float32.js';
import { INVALID_TEXT, spellFloat16, spellNumber } from '../spell-json.js';
import { spellDate, spellDecimal, spellTime, spellTimestamp, type TimeUnit } from '../spell-value.js';

/** Spells the value at a place as JSON. */
export type SpellAt = (place: number) => string;

type Arrow = typeof import('apache-arrow');
type Types = Arrow['DataType'];

const UNITS: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns'];

/**
 * Spells the values of a column of Arrow's, as those of a Parquet file are: 64-bit integers and decimals with all their
 * digits, dates and times in ISO's form, bytes in base64.
 */
export function spellData(data: Data, arrow: Arrow): SpellAt {
  const spell = spellPresent(data, arrow);
  return data.nullCount === 0 ? spell : (place) => (data.getValid(place) ? spell(place) : 'null');
}

function spellPresent(data: Data, arrow: Arrow): SpellAt {
  const { DataType: types } = arrow;
  const type: ArrowType = data.type;
  if (types.isNull(type)) return () => 'null';
  if (types.isBool(type)) return (place) => (bitAt(data.values, data.offset + place) ? 'true' : 'false');
  if (types.isUtf8(type) || types.isLargeUtf8(type)) return spellTexts(data);
  if (types.isBinary(type) || types.isLargeBinary(type)) {
    return (place) => `"${bytesAt(data, place).toString('base64')}"`;
  }
  if (types.isStruct(type)) return spellStructs(data, arrow);
  if (types.isMap(type)) return spellMaps(data, arrow);
  if (types.isList(type) || types.isLargeList(type)) {
    const element = spellData(data.children[0]!, arrow);
    return (place) =>
      spellRange(element, Number(data.valueOffsets[place]), Number(data.valueOffsets[place + 1]));
  }
  if (types.isFixedSizeList(type)) {
    const element = spellData(data.children[0]!, arrow);
    const { listSize } = type;
    return (place) => spellRange(element, place * listSize, (place + 1) * listSize);
  }
  if (types.isDictionary(type)) return spellDictionary(data, arrow);
  return spellFixed(data, type, types) ?? spellOther(data, arrow);
}

/** Values that take the same room each. */
function spellFixed({ values }: Data, type: ArrowType, types: Types): SpellAt | undefined {
  if (types.isInt(type)) return (place) => String(values[place]);
  if (types.isFloat(type)) {
    if (type.precision === 0) return (place) => spellFloat16(values[place]);
    return type.precision === 1
      ? (place) => spellNumber(values[place], shortestFloat32)
      : (place) => spellNumber(values[place]);
  }
  if (types.isDecimal(type)) {
    const words = type.bitWidth / 32;
    return (place) => spellDecimal(signed(values.subarray(place * words, (place + 1) * words)), type.scale);
  }
  if (types.isDate(type)) {
    return (place) => {
      const count = BigInt(values[place]);
      return `"${type.unit === 0 ? spellDate(Number(count)) : spellTimestamp(count, 'ms', false)}"`;
    };
  }
  if (types.isTime(type)) return (place) => `"${spellTime(BigInt(values[place]), UNITS[type.unit]!)}"`;
  if (types.isTimestamp(type)) {
    const unit = UNITS[type.unit]!;
    return (place) => `"${spellTimestamp(values[place], unit, Boolean(type.timezone))}"`;
  }
  if (types.isDuration(type)) return (place) => String(values[place]);
  if (types.isFixedSizeBinary(type)) {
    const { byteWidth } = type;
    return (place) =>
      `"${Buffer.from(values.subarray(place * byteWidth, (place + 1) * byteWidth)).toString('base64')}"`;
  }
  return undefined;
}

/** Types that hardly anybody stores, by what the library makes of their values. */
function spellOther(data: Data, { Vector }: Arrow): SpellAt {
  const vector = new Vector([data]);
  return (place) =>
    JSON.stringify(vector.get(place), (_, value) => (typeof value === 'bigint' ? String(value) : value));
}

function spellTexts(data: Data): SpellAt {
  const { values, valueOffsets } = data;
  const texts = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  const spell = (place: number) => {
    const start = Number(valueOffsets[place]);
    return JSON.stringify(texts.toString('utf8', start, Number(valueOffsets[place + 1])));
  };
  if (areTexts(data, texts)) return spell;
  return (place) => (isUtf8(bytesAt(data, place)) ? spell(place) : INVALID_TEXT);
}

/** Whether all values of a column are UTF-8: their bytes together are, and none begins within a character. */
function areTexts({ valueOffsets, length }: Data, bytes: Buffer): boolean {
  if (!isUtf8(bytes)) return false;
  for (let place = 0; place < length; place++) {
    const first = bytes[Number(valueOffsets[place])] ?? 0;
    if ((first & 0xc0) === 0x80) return false;
  }
  return true;
}

/** The bytes of a text or of bytes. */
export function bytesAt({ values, valueOffsets }: Data, place: number): Buffer {
  const start = Number(valueOffsets[place]);
  const end = Number(valueOffsets[place + 1]);
  return Buffer.from(values.buffer, values.byteOffset + start, end - start);
}

function spellStructs(data: Data, arrow: Arrow): SpellAt {
  const members = data.children.map((child, i) => {
    const { name } = (data.type.children as { readonly name: string }[])[i]!;
    return { key: `${JSON.stringify(name)}:`, spell: spellData(child, arrow) };
  });
  return (place) => `{${members.map(({ key, spell }) => key + spell(place)).join(',')}}`;
}

/** An object where keys are texts, else a list of pairs. */
function spellMaps(data: Data, arrow: Arrow): SpellAt {
  const [key, value] = data.children[0]!.children.map((child) => spellData(child, arrow)) as [
    SpellAt,
    SpellAt,
  ];
  return (place) => {
    const start = Number(data.valueOffsets[place]);
    const places = Array.from({ length: Number(data.valueOffsets[place + 1]) - start }, (_, i) => start + i);
    const pairs = places.map((at) => [key(at), value(at)] as const);
    return pairs.every(([name]) => name.startsWith('"'))
      ? `{${pairs.map(([name, spelled]) => `${name}:${spelled}`).join(',')}}`
      : `[${pairs.map(([name, spelled]) => `[${name},${spelled}]`).join(',')}]`;
  };
}

function spellDictionary(data: Data, arrow: Arrow): SpellAt {
  const chunks = data.dictionary!.data;
  const spells = chunks.map((chunk) => spellData(chunk, arrow));
  const known: string[] = [];
  return (place) => {
    const index = Number(data.values[place]);
    known[index] ??= spellIn(chunks, spells, index);
    return known[index];
  };
}

function spellIn(chunks: readonly Data[], spells: readonly SpellAt[], index: number): string {
  let start = 0;
  for (const [i, chunk] of chunks.entries()) {
    if (index < start + chunk.length) return spells[i]!(index - start);
    start += chunk.length;
  }
  throw new RangeError('a value is not in the dictionary');
}

function spellRange(element: SpellAt, start: number, end: number): string {
  let json = '[';
  for (let place = start; place < end; place++) json += `${place === start ? '' : ','}${element(place)}`;
  return `${json}]`;
}

function bitAt(bits: Uint8Array, place: number): boolean {
  return (bits[place >> 3]! & (1 << (place & 7))) !== 0;
}

/** Of words, the lowest first. */
function signed(words: Uint32Array): bigint {
  let value = 0n;
  for (let i = words.length - 1; i >= 0; i--) value = (value << 32n) | BigInt(words[i]!);
  return BigInt.asIntN(words.length * 32, value);
}
