import cliProgress from 'cli-progress';
import { formatCompact, formatCount, formatDuration } from '../../util/format.js';
import {
  type ProgressGoal,
  ProgressMeter,
  type ProgressReading,
  type ProgressUpdate,
} from './progress-meter.js';

export type { ProgressUpdate } from './progress-meter.js';

export interface ProgressOptions extends ProgressGoal {
  /** Standard error, as a rule: standard output may carry scores. */
  readonly stream: NodeJS.WriteStream;
  /** Milliseconds between two lines where the stream is no terminal; default 5000. */
  readonly plainIntervalMs?: number | undefined;
  /** A clock in milliseconds; default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

export interface Progress {
  update(update: ProgressUpdate): void;
  /** Prints a line of its own, above the bar. */
  note(line: string): void;
  /** Shows the final state. Nothing is printed afterwards, whatever is called. */
  stop(): void;
}

/** Shows how far a run is: by a bar on a terminal, by a line every few seconds anywhere else. */
export function createProgress({
  stream,
  plainIntervalMs = 5000,
  now = () => performance.now(),
  ...goal
}: ProgressOptions): Progress {
  const meter = new ProgressMeter(goal, now());
  const display = stream.isTTY ? barDisplay(stream, meter) : lineDisplay(stream, meter, now, plainIntervalMs);
  let stopped = false;
  return {
    update(update) {
      if (stopped) return;
      meter.update(update, now());
      display.refresh();
    },
    note(line) {
      if (!stopped) display.note(line);
    },
    stop() {
      if (stopped) return;
      stopped = true;
      display.stop();
    },
  };
}

interface Display {
  /** The meter has news. */
  refresh(): void;
  note(line: string): void;
  stop(): void;
}

function lineDisplay(
  stream: NodeJS.WriteStream,
  meter: ProgressMeter,
  now: () => number,
  intervalMs: number,
): Display {
  let printedAt = now();
  let news = false;
  const print = () => {
    const reading = meter.read();
    stream.write(`${formatReading(reading)}\n`);
    printedAt = now();
    news = false;
  };
  return {
    refresh() {
      news = true;
      if (now() - printedAt >= intervalMs) print();
    },
    note: (line) => void stream.write(`${line}\n`),
    stop() {
      if (news) print();
    },
  };
}

const MIN_BAR_WIDTH = 8;
const MAX_BAR_WIDTH = 40;
/** Room for the numbers of a long run, so that the bar does not change its width whenever they do. */
const NUMBERS_WIDTH = 58;

function barDisplay(stream: NodeJS.WriteStream, meter: ProgressMeter): Display {
  const bars = new DetachedMultiBar({
    stream,
    ...cliProgress.Presets.shades_classic,
    barsize: MAX_BAR_WIDTH,
    fps: 5,
    // A note wipes the bar's line even when the bar's text stays the same.
    forceRedraw: true,
    // Leaves the terminal's wrapping as it is: notes may be longer than a line, the bar is kept shorter.
    linewrap: true,
    format(options, { maxWidth }) {
      const reading = meter.read();
      if (reading.shareDone === undefined) return formatReading(reading);
      const percent = formatPercent(reading.shareDone).padStart(4);
      const numbers = formatNumbers(reading);
      const spare = maxWidth - percent.length - Math.max(numbers.length, NUMBERS_WIDTH) - 4;
      const room = Math.min(spare, MAX_BAR_WIDTH);
      if (room < MIN_BAR_WIDTH) return `${percent}  ${numbers}`;
      const bar = cliProgress.Format.BarFormat(reading.shareDone, { ...options, barsize: room });
      return `${percent} ${bar}  ${numbers}`;
    },
  });
  bars.create(1, 0);
  return {
    // The bar redraws itself, as often as the eye can follow.
    refresh() {},
    note(line) {
      bars.log(`${line}\n`);
      bars.update();
    },
    stop: () => bars.stop(),
  };
}

/** cli-progress redraws on a timer, which must not keep alive a process that has nothing else to do. */
class DetachedMultiBar extends cliProgress.MultiBar {
  declare timer: NodeJS.Timeout | null;

  override create(...args: Parameters<cliProgress.MultiBar['create']>): cliProgress.SingleBar {
    const bar = super.create(...args);
    this.timer?.unref();
    return bar;
  }

  override update(): void {
    super.update();
    this.timer?.unref();
  }
}

function formatReading(reading: ProgressReading): string {
  const numbers = formatNumbers(reading);
  return reading.shareDone === undefined ? numbers : `${formatPercent(reading.shareDone)}  ${numbers}`;
}

function formatPercent(shareDone: number): string {
  return `${Math.floor(shareDone * 100)}%`;
}

function formatNumbers({ rows, rowsPerSecond, tokensPerSecond, secondsLeft }: ProgressReading): string {
  const left =
    secondsLeft === undefined || secondsLeft === 0 ? [] : [`${formatDuration(Math.ceil(secondsLeft))} left`];
  return [
    `${formatCount(rows)} rows`,
    `${formatCompact(rowsPerSecond)} rows/s`,
    `${formatCompact(tokensPerSecond)} tokens/s`,
    ...left,
  ].join('  ');
}
