import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonObjectEnd } from '../../../src/teacher/gguf/generate-json.js';

/** JSON objects of any make, and after how many characters each to cut them. */
const objects = fc.tuple(
  fc.dictionary(fc.string(), fc.jsonValue()).map((object) => JSON.stringify(object)),
  fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1 }),
);

function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = lengths[pieces.length % lengths.length]!;
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

describe('the end of an object', () => {
  it('is in the piece that holds its last brace, wherever the pieces are cut', () => {
    fc.assert(
      fc.property(objects, ([text, lengths]) => {
        const end = new JsonObjectEnd();
        const pieces = cut(` \n${text}`, lengths);
        expect(pieces.map((piece) => end.isWithin(piece))).toEqual(
          pieces.map((_, i) => i === pieces.length - 1),
        );
      }),
    );
  });

  it('is found by looking at each piece once', () => {
    const end = new JsonObjectEnd();
    end.isWithin('{"code": "');
    let early = false;
    for (let i = 0; i < 300_000; i++) early ||= end.isWithin('}');
    expect(early).toBe(false);
    expect(end.isWithin('"}')).toBe(true);
  });
});
