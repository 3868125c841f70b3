import type { Data } from 'apache-arrow';

/**
 * Makes sure that a column's values lie where they are said to: what is damaged would else be read from elsewhere, or
 * without end.
 * @throws what says that they do not.
 */
export function requireSound(data: Data, length = data.length): void {
  const { values, valueOffsets, nullBitmap, children, type, stride } = data;
  if (data.length < length) throw new RangeError('a column has fewer values than there are rows');
  const isBit = String(type) === 'Bool';
  const room = isBit ? (values?.length ?? 0) * 8 : Math.floor((values?.length ?? 0) / Math.max(stride, 1));
  const hasBits = data.nullCount === 0 || nullBitmap === undefined || nullBitmap.length * 8 >= length;
  if (!hasBits) throw new RangeError('a column says of too few values whether they are there');
  if (isOffsets(valueOffsets) && length > 0) {
    const end = requireRising(valueOffsets, length);
    if (children.length === 0 && end > (values?.length ?? 0))
      throw new RangeError('a text lies outside of its column');
    for (const child of children) requireSound(child, end);
    return;
  }
  const isFixed = values !== undefined && children.length === 0 && data.variadicBuffers.length === 0;
  if (isFixed && String(type) !== 'Null' && room < length)
    throw new RangeError('a column ends before its rows');
  for (const child of children) requireSound(child);
}

function isOffsets(offsets: unknown): offsets is ArrayLike<number | bigint> {
  return offsets !== undefined && (offsets as ArrayLike<unknown>).length > 0;
}

/** The last of the offsets, none of which is before the one that precedes it. */
function requireRising(offsets: ArrayLike<number | bigint>, length: number): number {
  let last = 0;
  for (let i = 0; i <= length; i++) {
    const next = Number(offsets[i] ?? Number.NaN);
    if (!(next >= last)) throw new RangeError('the places of texts or lists are out of order');
    last = next;
  }
  return last;
}
