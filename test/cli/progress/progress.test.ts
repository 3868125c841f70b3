import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createProgress, type Progress, type ProgressOptions } from '../../../src/cli/progress/progress.js';

/** A stream that keeps what is written to it, and a clock that only the test moves. */
function setup(terminal: { isTTY: boolean; columns?: number }, options: Partial<ProgressOptions> = {}) {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), terminal);
  let written = '';
  stream.on('data', (chunk: string) => {
    written += chunk;
  });
  let clock = 1_000_000;
  const progress = createProgress({
    stream: stream as unknown as NodeJS.WriteStream,
    totalBytes: 1000,
    now: () => clock,
    ...options,
  });
  return {
    progress,
    written: () => written,
    advance(ms: number) {
      clock += ms;
      vi.advanceTimersByTime(ms);
    },
  };
}

const report = (progress: Progress, rows: number) =>
  progress.update({ rows, bytes: rows * 10, tokens: rows * 150, reused: 0 });

/** What a terminal shows after these bytes; knows the few control sequences that a bar needs, and no others. */
function screen(written: string): string[] {
  const lines = [''];
  let [row, column] = [0, 0];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are controlled by control characters
  for (const [token] of written.matchAll(/\u001b\[\d*[A-Za-z]|[\s\S]/gu)) {
    const line = lines[row]!;
    if (token === '\n') {
      [row, column] = [row + 1, 0];
      lines[row] ??= '';
    } else if (token === '\u001b[1G') column = 0;
    else if (token === '\u001b[0K') lines[row] = line.slice(0, column);
    else if (token === '\u001b[2K') lines[row] = '';
    else if (token.startsWith('\u001b')) throw new Error(`unknown control sequence ${JSON.stringify(token)}`);
    else {
      lines[row] = line.padEnd(column).slice(0, column) + token + line.slice(column + 1);
      column += 1;
    }
  }
  return lines;
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('createProgress where the stream is no terminal', () => {
  it('prints a line every 5 s', () => {
    const { progress, written, advance } = setup({ isTTY: false });
    for (let second = 1; second <= 10; second += 1) {
      advance(1000);
      report(progress, second * 2);
    }
    expect(written()).toBe(
      '10%  10 rows  2 rows/s  300 tokens/s  45 s left\n20%  20 rows  2 rows/s  300 tokens/s  40 s left\n',
    );
  });

  it('takes another interval', () => {
    const { progress, written, advance } = setup({ isTTY: false }, { plainIntervalMs: 100 });
    advance(99);
    report(progress, 1);
    expect(written()).toBe('');
    advance(1);
    report(progress, 1);
    expect(written()).toMatch(/^1% .*\n$/);
  });

  it('prints the final state once, and nothing afterwards', () => {
    const { progress, written, advance } = setup({ isTTY: false });
    advance(2000);
    report(progress, 100);
    progress.stop();
    expect(written()).toBe('100%  100 rows  50 rows/s  7.5K tokens/s\n');
    advance(60_000);
    report(progress, 100);
    progress.note('too late');
    progress.stop();
    expect(written()).toBe('100%  100 rows  50 rows/s  7.5K tokens/s\n');
  });

  it('does not repeat at the end what it has just printed', () => {
    const { progress, written, advance } = setup({ isTTY: false });
    advance(5000);
    report(progress, 100);
    progress.stop();
    expect(written().split('\n')).toHaveLength(2);
  });

  it('prints notes as lines', () => {
    const { progress, written } = setup({ isTTY: false });
    progress.note('row 7 has no answer');
    expect(written()).toBe('row 7 has no answer\n');
  });
});

describe('createProgress on a terminal', () => {
  it('draws a bar that fits the terminal', () => {
    const { progress, written, advance } = setup({ isTTY: true, columns: 80 });
    advance(4000);
    report(progress, 42);
    advance(1000);
    const [bar, ...rest] = screen(written());
    expect(bar).toMatch(/^ 42% █+░+ {2}42 rows {2}10\.5 rows\/s {2}1\.58K tokens\/s {2}6 s left$/);
    expect(bar!.length).toBeLessThan(80);
    expect(rest).toEqual([]);
  });

  it('gives up the bar, not the numbers, on a narrow terminal', () => {
    const { progress, written, advance } = setup({ isTTY: true, columns: 60 });
    advance(4000);
    report(progress, 42);
    advance(1000);
    expect(screen(written())).toEqual([' 42%  42 rows  10.5 rows/s  1.58K tokens/s  6 s left']);
  });

  it('keeps notes above the bar', () => {
    const { progress, written, advance } = setup({ isTTY: true, columns: 80 });
    advance(1000);
    report(progress, 10);
    progress.note('row 7 has no answer');
    progress.note(`row 8 ${'is long '.repeat(20)}`);
    const lines = screen(written());
    expect(lines.slice(0, 2)).toEqual(['row 7 has no answer', `row 8 ${'is long '.repeat(20)}`]);
    expect(lines.slice(2)).toEqual([expect.stringMatching(/^ 10% █.* 10 rows .*left$/)]);
  });

  it('leaves the final state and the cursor on a new line, and prints nothing afterwards', () => {
    const { progress, written, advance } = setup({ isTTY: true, columns: 80 });
    advance(2000);
    report(progress, 100);
    progress.stop();
    const atStop = written();
    expect(screen(atStop)).toEqual([
      expect.stringMatching(/^100% █+ {2}100 rows {2}50 rows\/s {2}7\.5K tokens\/s$/),
      '',
    ]);
    advance(60_000);
    report(progress, 100);
    progress.note('too late');
    progress.stop();
    expect(written()).toBe(atStop);
  });

  it('keeps no process alive', () => {
    vi.useRealTimers();
    const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const before = timers();
    const { progress } = setup({ isTTY: true, columns: 80 });
    expect(timers()).toBe(before);
    progress.note('redraws');
    expect(timers()).toBe(before);
    progress.stop();
  });
});
