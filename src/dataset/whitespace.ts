const LINE_FEED = 0x0a;

/** JSON's whitespace: space, tab, line feed, carriage return. */
function isWhitespace(byte: number): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === 0x0d || byte === 0x09;
}

/** Number of whitespace bytes `bytes` begins with. */
export function leadingWhitespace(bytes: Buffer): number {
  let length = 0;
  while (length < bytes.length && isWhitespace(bytes[length]!)) length++;
  return length;
}

/** A view of `bytes` without the whitespace at either end. */
export function trimWhitespace(bytes: Buffer): Buffer {
  const start = leadingWhitespace(bytes);
  let end = bytes.length;
  while (end > start && isWhitespace(bytes[end - 1]!)) end--;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

export function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let i = bytes.indexOf(LINE_FEED); i !== -1; i = bytes.indexOf(LINE_FEED, i + 1)) count++;
  return count;
}
