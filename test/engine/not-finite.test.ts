import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HEADS } from '../../src/engine/head.js';
import type { SpanRequest } from '../../src/engine/scorer.js';
import { PRECISIONS } from '../../src/options/choices.js';
import { gpt2Model } from '../models/architectures/gpt2-model.js';
import { type TensorSpec, writeGguf } from '../models/gguf/gguf-writer.js';
import { largestDifference, lossOf } from './fixtures/losses.js';
import { openStudent } from './fixtures/open-student.js';
import { randomTokens } from './fixtures/span-requests.js';

const WIDTH = 64;
/** The token and the position whose vectors are so large that their sum is beyond all floats. */
const HUGE_TOKEN = 700;
const HUGE_POSITION = 100;
const HUGE = 3e38;

/** A head of its own, or the huge vector would be in every logit. */
const { metadata, tensors } = gpt2Model({
  layers: 2,
  width: WIDTH,
  heads: 4,
  vocab: 800,
  context: 256,
  type: 'F32',
  untied: true,
});

function withHugeRow(tensor: TensorSpec): TensorSpec {
  const rows: Record<string, number> = {
    'token_embd.weight': HUGE_TOKEN,
    'position_embd.weight': HUGE_POSITION,
  };
  const row = rows[tensor.name];
  if (row === undefined) return tensor;
  return {
    ...tensor,
    fill(chunk, first) {
      tensor.fill(chunk, first);
      const begin = row * WIDTH - first;
      chunk.fill(HUGE, Math.max(0, begin), Math.max(0, begin + WIDTH));
    },
  };
}

function healthy(seed: number, length: number): SpanRequest {
  return { tokens: randomTokens(HUGE_TOKEN, length, seed), begin: 1, end: length };
}

function damaged(seed: number, length: number): SpanRequest {
  const request = healthy(seed, length);
  request.tokens[HUGE_POSITION] = HUGE_TOKEN;
  return request;
}

const HEALTHY = Array.from({ length: 12 }, (_, i) => healthy(i, 5 + 8 * i));
const DAMAGED = [damaged(20, 102), damaged(21, 120), damaged(22, 200)];

let directory: string;
let model: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'not-finite-'));
  model = join(directory, 'overflowing.gguf');
  await writeGguf(model, { metadata, tensors: tensors.map(withHugeRow) });
});
afterAll(() => rm(directory, { recursive: true }));

describe.each(PRECISIONS)('%s', (precision) => {
  it.each(HEADS)(
    'a sequence without numbers spoils no other in its batch or after it, %s head',
    async (head) => {
      await using student = await openStudent({ model, precision, head });
      const expected = (await student.score(HEALTHY)).map(lossOf);
      const mixed = [...HEALTHY.slice(0, 6), ...DAMAGED, ...HEALTHY.slice(6)];
      for (const requests of [mixed, mixed.toReversed()]) {
        const outcomes = new Map(
          (await student.score(requests)).map((outcome, i) => [requests[i]!, outcome]),
        );
        for (const request of DAMAGED) expect(outcomes.get(request)).toEqual({ kind: 'not_finite' });
        const losses = HEALTHY.map((request) => lossOf(outcomes.get(request)!));
        expect(largestDifference(losses, expected)).toBeLessThanOrEqual(
          precision === 'precise' ? 1e-4 : 1e-2,
        );
      }
      const after = (await student.score(HEALTHY)).map(lossOf);
      expect(largestDifference(after, expected)).toBeLessThanOrEqual(precision === 'precise' ? 1e-4 : 1e-2);
    },
  );
});
