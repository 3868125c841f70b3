import type { Data } from 'apache-arrow';
import { bytesAt } from './spell-data.js';

type Arrow = typeof import('apache-arrow');
type TypedArray = Uint8Array | Int32Array | BigInt64Array;

/** Other bytes for texts of a column, by their places. */
export type TextChanges = ReadonlyMap<Data, ReadonlyMap<number, Uint8Array>>;

const UNCHANGED: ReadonlyMap<number, Uint8Array> = new Map();

/**
 * Some values of a column, as they are stored: nothing is made of them, so that all types come out as they are.
 * @param places - In ascending order.
 */
export function takeRows(data: Data, places: readonly number[], changes: TextChanges, arrow: Arrow): Data {
  const { DataType: types, makeData } = arrow;
  const { type } = data;
  const length = places.length;
  const own = changes.get(data) ?? UNCHANGED;
  const validity = validityOf(data, places, own);
  const common = { ...validity, length, type };
  const take = (child: Data, wanted: readonly number[]) => takeRows(child, wanted, changes, arrow);
  const make = makeData as (properties: object) => Data;

  if (types.isNull(type)) return make({ type, length });
  if (types.isBool(type)) return make({ ...common, data: takeBits(data.values, data.offset, places) });
  const isLarge = types.isLargeUtf8(type) || types.isLargeBinary(type) || types.isLargeList(type);
  if (types.isUtf8(type) || types.isBinary(type) || types.isLargeUtf8(type) || types.isLargeBinary(type)) {
    return make({ ...common, ...takeBytes(data, places, own, isLarge) });
  }
  if (types.isStruct(type)) {
    return make({ ...common, children: data.children.map((child) => take(child, places)) });
  }
  if (types.isList(type) || types.isLargeList(type) || types.isMap(type)) {
    const { offsets, elements } = takeOffsets(data, places, isLarge);
    return make({ ...common, valueOffsets: offsets, child: take(data.children[0]!, elements) });
  }
  if (types.isFixedSizeList(type)) {
    const { listSize } = type;
    const elements = places.flatMap((place) =>
      Array.from({ length: listSize }, (_, i) => place * listSize + i),
    );
    return make({ ...common, child: take(data.children[0]!, elements) });
  }
  if (types.isUnion(type) || data.variadicBuffers.length > 0) {
    throw new Error(`values of the type ${type} cannot be taken one by one`);
  }
  const values = takeFixed(data.values, data.stride, places);
  return types.isDictionary(type)
    ? make({ ...common, data: values, dictionary: data.dictionary })
    : make({ ...common, data: values });
}

function validityOf(data: Data, places: readonly number[], changed: ReadonlyMap<number, Uint8Array>) {
  if (data.nullCount === 0) return { nullCount: 0 };
  const nullBitmap = new Uint8Array(bitmapBytes(places.length));
  let nullCount = 0;
  for (const [i, place] of places.entries()) {
    if (data.getValid(place) || changed.has(place)) nullBitmap[i >> 3]! |= 1 << (i & 7);
    else nullCount += 1;
  }
  return nullCount === 0 ? { nullCount } : { nullCount, nullBitmap };
}

function takeBits(bits: Uint8Array, offset: number, places: readonly number[]): Uint8Array {
  const taken = new Uint8Array(bitmapBytes(places.length));
  for (const [i, place] of places.entries()) {
    const at = offset + place;
    if ((bits[at >> 3]! & (1 << (at & 7))) !== 0) taken[i >> 3]! |= 1 << (i & 7);
  }
  return taken;
}

function takeFixed(values: TypedArray, stride: number, places: readonly number[]): TypedArray {
  const taken = new (values.constructor as new (length: number) => TypedArray)(places.length * stride);
  for (const [i, place] of places.entries()) {
    taken.set(values.subarray(place * stride, (place + 1) * stride) as never, i * stride);
  }
  return taken;
}

function takeBytes(
  data: Data,
  places: readonly number[],
  changed: ReadonlyMap<number, Uint8Array>,
  isLarge: boolean,
) {
  const parts = places.map((place) => changed.get(place) ?? bytesAt(data, place));
  const offsets = offsetsOf(
    parts.map(({ length }) => length),
    isLarge,
  );
  return { valueOffsets: offsets, data: new Uint8Array(Buffer.concat(parts)) };
}

function takeOffsets({ valueOffsets }: Data, places: readonly number[], isLarge: boolean) {
  const elements: number[] = [];
  const lengths = places.map((place) => {
    const start = Number(valueOffsets[place]);
    const end = Number(valueOffsets[place + 1]);
    for (let at = start; at < end; at++) elements.push(at);
    return end - start;
  });
  return { offsets: offsetsOf(lengths, isLarge), elements };
}

function offsetsOf(lengths: readonly number[], isLarge: boolean): Int32Array | BigInt64Array {
  const offsets = isLarge ? new BigInt64Array(lengths.length + 1) : new Int32Array(lengths.length + 1);
  let end = 0;
  for (const [i, length] of lengths.entries()) {
    end += length;
    offsets[i + 1] = isLarge ? BigInt(end) : end;
  }
  return offsets;
}

/** A whole number of 64 bits, as the format has it. */
function bitmapBytes(count: number): number {
  return Math.ceil(count / 64) * 8;
}
