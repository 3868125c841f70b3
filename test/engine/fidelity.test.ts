import { describe, expect, it } from 'vitest';
import { describeFidelity, deviceFor, fidelityOf } from '../../src/engine/fidelity.js';
import { StudentPool } from '../../src/engine/workers/student-pool.js';
import type { Precision } from '../../src/options/choices.js';
import { GPU_KINDS, type WorkerKind } from '../../src/options/device-name.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { openStudent } from './fixtures/open-student.js';

const PRECISE = { precision: 'precise' } as const;

describe('where precise is computed', () => {
  it('is a CPU, also when the device is left open or no layer is to go to a GPU', () => {
    expect(deviceFor('auto', PRECISE)).toBe('cpu');
    expect(deviceFor('cpu', PRECISE)).toBe('cpu');
    expect(deviceFor('cuda:1', { ...PRECISE, gpuLayers: 0 })).toBe('cpu');
  });

  it.each(GPU_KINDS)('is not %s, which is refused by name before anything is loaded', async (kind) => {
    const refusal = {
      code: 'invalid_option',
      option: 'precision',
      message: expect.stringContaining(`does not do on ${kind}: it multiplies`),
      remedy: expect.stringContaining('`device` cpu'),
    };
    expect(() => deviceFor(`${kind}:1`, PRECISE)).toThrow(expect.objectContaining(refusal));
    await expect(openStudent({ device: kind, ...PRECISE })).rejects.toMatchObject(refusal);
    const pool = StudentPool.load({ model: TINY_STUDENT, devices: [`${kind}:0`], ...PRECISE });
    await expect(pool).rejects.toMatchObject(refusal);
  });

  it('leaves fast where it was', () => {
    expect(deviceFor('auto', { precision: 'fast' })).toBe('auto');
    expect(deviceFor('vulkan:1', { precision: 'fast' })).toBe('vulkan:1');
  });
});

describe('what is promised', () => {
  it('depends on precision, device and weights', () => {
    const said = (device: WorkerKind, precision: Precision, quantization: string, experts = 0) =>
      describeFidelity(fidelityOf(device, precision, { quantization, experts }));
    expect(said('cpu', 'precise', 'Q4_0', 8)).toBe('within 2e-5');
    expect(said('vulkan', 'precise', 'F16')).toBe('refused, it multiplies and attends in F16');
    expect(said('cuda', 'fast', 'F16')).toBe('not measured');
    expect(said('vulkan', 'fast', 'F16', 8)).toBe('not measured');
    for (const floats of ['all F32', 'F16', 'BF16']) expect(said('cpu', 'fast', floats)).toBe('within 5e-3');
    for (const few of ['Q8_0', 'Q4_K - Medium']) expect(said('cpu', 'fast', few)).toBe('within 1e-1');
    expect(said('cpu', 'fast', 'F16', 8)).toBe('within 1e-1');
    expect(said('cpu', 'fast', 'Q8_0', 8)).toBe('within 3e-1');
  });

  it('knows the names that files have for their types', async () => {
    await using student = await openStudent();
    expect(student.model.quantization).toBe('F16');
    await using widened = await openStudent(PRECISE);
    expect(fidelityOf('cpu', widened.precision, widened.model)).toMatchObject({ nats: 2e-5 });
  });
});
