/**
 * Thrift's compact protocol as far as Parquet uses it, as trees that keep every type and every field, known or not: what is
 * read and written again has the same bytes.
 */
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftList | ThriftStruct;

/** The protocol's numbers of types. */
export const THRIFT = {
  true: 1,
  false: 2,
  i8: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  struct: 12,
};

export interface ThriftList {
  readonly element: number;
  readonly items: readonly ThriftValue[];
}

/** Fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftField>;

export interface ThriftField {
  readonly type: number;
  readonly value: ThriftValue;
}

export const i32 = (value: number): ThriftField => ({ type: THRIFT.i32, value });
export const i64 = (value: number | bigint): ThriftField => ({ type: THRIFT.i64, value: BigInt(value) });
export const binary = (text: string): ThriftField => ({ type: THRIFT.binary, value: Buffer.from(text) });
export const bool = (value: boolean): ThriftField => ({ type: value ? THRIFT.true : THRIFT.false, value });
export const struct = (fields: Readonly<Record<number, ThriftField>>): ThriftField => ({
  type: THRIFT.struct,
  value: structOf(fields),
});
export const list = (element: number, items: readonly ThriftValue[]): ThriftField => ({
  type: THRIFT.list,
  value: { element, items },
});

export function structOf(fields: Readonly<Record<number, ThriftField>>): ThriftStruct {
  return new Map(Object.entries(fields).map(([id, field]) => [Number(id), field]));
}

/** The members of a list field, none where there is no such field. */
export function itemsOf(field: ThriftField | undefined): readonly ThriftValue[] {
  return field === undefined ? [] : (field.value as ThriftList).items;
}

export function readThrift(bytes: Buffer): ThriftStruct {
  return new ThriftReader(bytes).struct();
}

export function writeThrift(value: ThriftStruct): Buffer {
  const parts: Buffer[] = [];
  writeStruct(parts, value);
  return Buffer.concat(parts);
}

class ThriftReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  struct(): ThriftStruct {
    const fields = new Map<number, ThriftField>();
    for (let id = 0, head = this.#byte(); head !== 0; head = this.#byte()) {
      const type = head & 0x0f;
      id = head >> 4 === 0 ? Number(this.#zigZag()) : id + (head >> 4);
      fields.set(id, { type, value: this.#value(type) });
    }
    return fields;
  }

  #value(type: number): ThriftValue {
    switch (type) {
      case THRIFT.true:
        return true;
      case THRIFT.false:
        return false;
      case THRIFT.i8:
        return this.#byte();
      case THRIFT.i16:
      case THRIFT.i32:
        return Number(this.#zigZag());
      case THRIFT.i64:
        return this.#zigZag();
      case THRIFT.double:
        return this.#take(8).readDoubleLE();
      case THRIFT.binary:
        return this.#take(Number(this.#varint()));
      case THRIFT.list:
        return this.#list();
      case THRIFT.struct:
        return this.struct();
      default:
        throw new Error(`thrift type ${type}`);
    }
  }

  #list(): ThriftList {
    const head = this.#byte();
    const element = head & 0x0f;
    const count = head >> 4 === 15 ? Number(this.#varint()) : head >> 4;
    const isBoolean = element === THRIFT.true || element === THRIFT.false;
    const items = Array.from({ length: count }, () =>
      isBoolean ? this.#byte() === THRIFT.true : this.#value(element),
    );
    return { element, items };
  }

  #byte(): number {
    return this.#take(1)[0]!;
  }

  #take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new Error('thrift ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }

  #zigZag(): bigint {
    const value = this.#varint();
    return (value >> 1n) ^ -(value & 1n);
  }
}

function writeStruct(parts: Buffer[], fields: ThriftStruct): void {
  let last = 0;
  for (const [id, { type, value }] of [...fields].sort(([a], [b]) => a - b)) {
    const step = id - last;
    if (step > 15) parts.push(Buffer.from([type]), zigZag(BigInt(id)));
    else parts.push(Buffer.from([(step << 4) | type]));
    writeValue(parts, type, value);
    last = id;
  }
  parts.push(Buffer.from([0]));
}

function writeValue(parts: Buffer[], type: number, value: ThriftValue): void {
  switch (type) {
    case THRIFT.true:
    case THRIFT.false:
      return;
    case THRIFT.i8:
      parts.push(Buffer.from([value as number]));
      return;
    case THRIFT.double: {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleLE(value as number);
      parts.push(bytes);
      return;
    }
    case THRIFT.binary:
      parts.push(varint(BigInt((value as Uint8Array).length)), Buffer.from(value as Uint8Array));
      return;
    case THRIFT.list:
      writeList(parts, value as ThriftList);
      return;
    case THRIFT.struct:
      writeStruct(parts, value as ThriftStruct);
      return;
    default:
      parts.push(zigZag(BigInt(value as number | bigint)));
  }
}

function writeList(parts: Buffer[], { element, items }: ThriftList): void {
  if (items.length < 15) parts.push(Buffer.from([(items.length << 4) | element]));
  else parts.push(Buffer.from([0xf0 | element]), varint(BigInt(items.length)));
  const isBoolean = element === THRIFT.true || element === THRIFT.false;
  for (const item of items) {
    if (isBoolean) parts.push(Buffer.from([item === true ? THRIFT.true : THRIFT.false]));
    else writeValue(parts, element, item);
  }
}

export function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

function zigZag(value: bigint): Buffer {
  return varint(BigInt.asUintN(64, (value << 1n) ^ (value >> 63n)));
}
