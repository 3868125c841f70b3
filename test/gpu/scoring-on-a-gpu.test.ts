import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fidelityOf } from '../../src/engine/fidelity.js';
import type { SpanRequest } from '../../src/engine/scorer.js';
import type { Student } from '../../src/engine/student.js';
import type { StudentOptions } from '../../src/engine/student-options.js';
import { largestDifference, lossesOf, lossOf } from '../engine/fixtures/losses.js';
import { openStudent } from '../engine/fixtures/open-student.js';
import { randomTokens } from '../engine/fixtures/span-requests.js';
import { gpt2Model } from '../models/architectures/gpt2-model.js';
import { type TensorSpec, writeGguf } from '../models/gguf/gguf-writer.js';
import { GPU } from './gpu-device.js';

/** One shape for all tests: a driver compiles shaders for each. */
const SHAPE = {
  layers: 2,
  width: 64,
  heads: 2,
  vocab: 800,
  context: 128,
  type: 'F32',
  untied: true,
} as const;
const BATCH = 64;
/** A token whose vector is so large that what is computed from it is beyond all floats. */
const HUGE_TOKEN = 799;

function withHugeToken(tensor: TensorSpec): TensorSpec {
  if (tensor.name !== 'token_embd.weight') return tensor;
  return {
    ...tensor,
    fill(chunk, first) {
      tensor.fill(chunk, first);
      const begin = HUGE_TOKEN * SHAPE.width - first;
      chunk.fill(3e38, Math.max(0, begin), Math.max(0, begin + SHAPE.width));
    },
  };
}

/** Whole sequences and ends of some, four of them behind one prefix; none with the huge token. */
const PREFIX = randomTokens(HUGE_TOKEN, 20, 1);
const REQUESTS: readonly SpanRequest[] = [
  ...[2, 5, 11, 30].map((length, i) => request([...PREFIX, ...randomTokens(HUGE_TOKEN, length, i)], 20)),
  ...[2, 17, 40].map((length, i) => request(randomTokens(HUGE_TOKEN, length, 10 + i), 1)),
  // longer than a batch
  request(randomTokens(HUGE_TOKEN, 120, 20), 1),
  request(randomTokens(HUGE_TOKEN, 128, 21), 127),
];

function request(tokens: Iterable<number>, begin: number): SpanRequest {
  const ids = Int32Array.from(tokens);
  return { tokens: ids, begin, end: ids.length };
}

describe.skipIf('missing' in GPU)(`scoring on ${'name' in GPU ? GPU.name : `a GPU: ${GPU.missing}`}`, () => {
  const kind = 'name' in GPU ? GPU.name : 'vulkan';
  const promise = fidelityOf(kind, 'fast', { quantization: 'all F32', experts: 0 });
  const tolerance = promise.kind === 'within' ? promise.nats : 2e-2;
  let folder: string;
  let model: string;
  let onCpu: readonly number[];

  const open = (options: Partial<StudentOptions> = {}) =>
    openStudent({ model, device: kind, batchTokens: BATCH, ...options });
  const losses = async (options: Partial<StudentOptions> = {}) => {
    await using student = await open(options);
    return await lossesOf(student, REQUESTS);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gpu-'));
    model = join(folder, 'model.gguf');
    const { metadata, tensors } = gpt2Model(SHAPE);
    await writeGguf(model, { metadata, tensors: tensors.map(withHugeToken) });
    onCpu = await losses({ device: 'cpu', precision: 'precise' });
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('gives what the CPU gives, by the head that stays on the device and by the plain one', async () => {
    await using student = await open();
    expect(student.engine).toMatchObject({ head: 'sampler', sharePrefixes: true });
    const bySampler = await lossesOf(student, REQUESTS);
    expect(largestDifference(bySampler, onCpu)).toBeLessThanOrEqual(tolerance);
    expect(largestDifference(await losses({ head: 'plain' }), bySampler)).toBeLessThanOrEqual(tolerance);
  });

  it('does whether or not prefixes are shared, and whatever the batch', async () => {
    const apart = await losses({ sharePrefixes: false });
    expect(largestDifference(apart, onCpu)).toBeLessThanOrEqual(tolerance);
    expect(largestDifference(await losses({ batchTokens: 32 }), onCpu)).toBeLessThanOrEqual(tolerance);
  });

  it('does with some layers on the CPU', async () => {
    expect(largestDifference(await losses({ gpuLayers: 1 }), onCpu)).toBeLessThanOrEqual(tolerance);
  });

  // Mesa 22.3's software driver crashes, now and then, when sequences are decoded by themselves after it
  it.skipIf('software' in GPU && GPU.software)('loses a row that overflows and no other', async () => {
    await using student = await open();
    const huge = request([...PREFIX, HUGE_TOKEN, ...randomTokens(HUGE_TOKEN, 9, 30)], 20);
    const outcomes = await student.score([...REQUESTS.slice(0, 4), huge, ...REQUESTS.slice(4)]);
    expect(outcomes[4]).toEqual({ kind: 'not_finite' });
    const others = outcomes.filter((_, i) => i !== 4).map(lossOf);
    expect(largestDifference(others, onCpu)).toBeLessThanOrEqual(tolerance);
  });

  it('stops between decodes when it is called off, and goes on with the next call', async () => {
    await using student = await open();
    const controller = new AbortController();
    const cut = codeOf(student.score(MANY, { signal: controller.signal }));
    await decoding(student);
    controller.abort();
    expect(await cut).toBe('aborted');
    expect(largestDifference(await lossesOf(student, REQUESTS), onCpu)).toBeLessThanOrEqual(tolerance);
  });

  it('can be closed while it is busy', async () => {
    const student = await open();
    const cut = codeOf(student.score(MANY));
    await decoding(student);
    await student.close();
    expect(await cut).toBe('closed');
  });
});

/** Work for many decodes. */
const MANY = Array.from({ length: 400 }, (_, i) => request(randomTokens(HUGE_TOKEN, 100, 100 + i), 1));

function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'done',
    (error) => error.code,
  );
}

/** Resolves once the student has begun to decode. */
async function decoding(student: Student): Promise<void> {
  while (student.stats().decodes === 0) await turn();
}
