import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgressMeter, type ProgressUpdate } from '../../../src/cli/progress/progress-meter.js';

const at = (rows: number, rest: Partial<ProgressUpdate> = {}): ProgressUpdate => ({
  rows,
  bytes: rows * 10,
  tokens: rows * 100,
  reused: 0,
  ...rest,
});

describe('ProgressMeter', () => {
  it('knows neither speed nor time left before the first update', () => {
    expect(new ProgressMeter({ totalBytes: 1000 }, 0).read()).toEqual({
      rows: 0,
      shareDone: 0,
      rowsPerSecond: 0,
      tokensPerSecond: 0,
      secondsLeft: undefined,
    });
  });

  it('measures speed, and time left by bytes', () => {
    const meter = new ProgressMeter({ totalBytes: 1000 }, 5000);
    meter.update(at(20, { bytes: 250 }), 9000);
    expect(meter.read()).toEqual({
      rows: 20,
      shareDone: 0.25,
      rowsPerSecond: 5,
      tokensPerSecond: 500,
      secondsLeft: 12,
    });
  });

  it('goes by rows when a limit on them comes before the end of the input', () => {
    const meter = new ProgressMeter({ totalBytes: 100_000, totalRows: 40 }, 0);
    meter.update(at(20), 4000);
    expect(meter.read()).toMatchObject({ shareDone: 0.5, secondsLeft: 4 });
  });

  it('goes by bytes when the input ends before the limit', () => {
    const meter = new ProgressMeter({ totalBytes: 400, totalRows: 1_000_000 }, 0);
    meter.update(at(20), 4000);
    expect(meter.read()).toMatchObject({ shareDone: 0.5, secondsLeft: 4 });
  });

  it('forgets what was longer ago than 15 s', () => {
    const meter = new ProgressMeter({ totalBytes: 1e9 }, 0);
    for (let second = 1; second <= 60; second += 1) meter.update(at(second * 1000), second * 1000);
    for (let second = 1; second <= 15; second += 1) meter.update(at(60_000 + second), (60 + second) * 1000);
    expect(meter.read().rowsPerSecond).toBe(1);
  });

  it('measures steps that take longer than the window over the last of them', () => {
    const meter = new ProgressMeter({ totalBytes: 1e9 }, 0);
    meter.update(at(600), 60_000);
    meter.update(at(720), 120_000);
    expect(meter.read().rowsPerSecond).toBe(2);
  });

  it('takes rows of an interrupted run for done, not for speed', () => {
    const meter = new ProgressMeter({ totalBytes: 10_000 }, 0);
    meter.update(at(500, { reused: 500, tokens: 0 }), 10);
    expect(meter.read()).toEqual({
      rows: 500,
      shareDone: 0.5,
      rowsPerSecond: 0,
      tokensPerSecond: 0,
      secondsLeft: undefined,
    });
    meter.update(at(510, { reused: 500, tokens: 1000 }), 2000);
    expect(meter.read()).toMatchObject({ rows: 510, rowsPerSecond: 5, tokensPerSecond: 500 });
    expect(meter.read().secondsLeft).toBeCloseTo(98, 6);
  });

  it('is done with an empty input from the start', () => {
    expect(new ProgressMeter({ totalBytes: 0 }, 0).read().shareDone).toBe(1);
  });

  it('is exact at a constant speed, however often it is told', () => {
    const steps = fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 1000 }), (stepsMs, rowsPerMs) => {
        const end = stepsMs.reduce((sum, step) => sum + step, 0);
        const meter = new ProgressMeter({ totalBytes: 2 * end * rowsPerMs * 10 }, 0);
        let now = 0;
        for (const step of stepsMs) {
          now += step;
          meter.update(at(now * rowsPerMs), now);
        }
        const reading = meter.read();
        expect(reading.rowsPerSecond).toBeCloseTo(rowsPerMs * 1000, 6);
        expect(reading.shareDone).toBeCloseTo(0.5, 9);
        expect(reading.secondsLeft! / (end / 1000)).toBeCloseTo(1, 6);
      }),
    );
  });
});
