import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unzstd, zstdFrame } from '../../src/util/zstd.js';
import { collect } from '../helpers/collect.js';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Buffer, void> {
  for (let start = 0; start < bytes.length; start += size)
    yield Buffer.from(bytes.subarray(start, start + size));
}

const unpack = async (bytes: Uint8Array, size = 1000) =>
  Buffer.concat(await collect(unzstd(inChunks(bytes, size))));

/** `printf 'rows\n' | zstd -c`, with its checksum. */
const BY_ZSTD = Buffer.from('28b52ffd0458290000726f77730a78633dfe', 'hex');
/** A frame of one block that says 128 KiB of zeros in a byte, repeated. */
function bomb(blocks: number): Buffer {
  const head = Buffer.from('28b52ffd0038', 'hex');
  const block = (isLast: boolean) => {
    const header = (isLast ? 1 : 0) | (1 << 1) | (0x20000 << 3);
    return Buffer.from([header & 0xff, (header >> 8) & 0xff, (header >> 16) & 0xff, 0]);
  };
  return Buffer.concat([head, ...Array.from({ length: blocks }, (_, i) => block(i === blocks - 1))]);
}

describe('unzstd', () => {
  it('unpacks what is packed, in chunks and frames of any size', async () => {
    const pieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 5000 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 700 }), async (parts, size) => {
        const frames = await Promise.all(parts.map(zstdFrame));
        expect((await unpack(Buffer.concat(frames), size)).equals(Buffer.concat(parts))).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  it('hands on little at a time, however much a few bytes stand for', async () => {
    const blocks = 4096;
    let size = 0;
    let largest = 0;
    for await (const piece of unzstd(inChunks(bomb(blocks), 2 ** 16))) {
      size += piece.length;
      largest = Math.max(largest, piece.length);
    }
    expect(size).toBe(blocks * 2 ** 17);
    expect(largest).toBeLessThanOrEqual(2 ** 18);
  });

  it('tells data that is cut off from data that is damaged', async () => {
    const whole = await zstdFrame(Buffer.from('row '.repeat(1000)));
    for (const end of [5, 10, whole.length - 1]) {
      await expect(unpack(whole.slice(0, end))).rejects.toMatchObject({ code: 'ZSTD_CUT_OFF' });
    }
    const damaged = Uint8Array.from(whole, (byte, i) => (i === 8 ? byte ^ 0xff : byte));
    await expect(unpack(damaged)).rejects.toMatchObject({ code: expect.stringMatching(/^ZSTD_/) });
  });

  it('refuses a window that is larger than zstd allows', async () => {
    await expect(unpack(Buffer.from('28b52ffd00f8010000', 'hex'))).rejects.toMatchObject({
      code: expect.stringMatching(/^ZSTD_/),
    });
  });

  it('unpacks what the zstd program packs', async () => {
    expect((await unpack(BY_ZSTD)).toString()).toBe('rows\n');
  });
});
