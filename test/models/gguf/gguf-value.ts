/** A metadata value, already encoded: its GGUF type number and its bytes. Made by the functions below. */
export interface GgufValue {
  readonly type: number;
  readonly bytes: Buffer;
}

/** Metadata in file order; keys are unique. */
export type GgufMetadata = readonly (readonly [key: string, value: GgufValue])[];

export function u16(value: number): GgufValue {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return { type: 2, bytes };
}

export function u32(value: number): GgufValue {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return { type: 4, bytes };
}

export function i32(value: number): GgufValue {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return { type: 5, bytes };
}

export function f32(value: number): GgufValue {
  const bytes = Buffer.alloc(4);
  bytes.writeFloatLE(value);
  return { type: 6, bytes };
}

export function bool(value: boolean): GgufValue {
  return { type: 7, bytes: Buffer.of(Number(value)) };
}

/** UTF-8 with its length in bytes before it. */
export function string(value: string): GgufValue {
  const text = Buffer.from(value);
  return { type: 8, bytes: Buffer.concat([u64(text.length), text]) };
}

/** An array; GGUF knows only arrays of one type, so `items` must hold at least one value, all of one kind. */
export function array(items: readonly GgufValue[]): GgufValue {
  const type = items[0]?.type;
  if (type === undefined || items.some((item) => item.type !== type)) {
    throw new TypeError('a GGUF array needs items, all of one type');
  }
  return {
    type: 9,
    bytes: Buffer.concat([u32(type).bytes, u64(items.length), ...items.map((item) => item.bytes)]),
  };
}

/** Bytes of an unsigned 64-bit integer: counts, lengths and offsets. */
export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}
