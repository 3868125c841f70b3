import { describe, expect, it } from 'vitest';
import { reportNotice } from '../../../src/cli/progress/report-notice.js';
import type { TeacherNotice } from '../../../src/teacher/notice.js';

function printed(notices: readonly (readonly [at: number, notice: TeacherNotice])[]): string[] {
  const lines: string[] = [];
  let now = 0;
  const report = reportNotice(
    (line) => lines.push(line),
    () => now,
  );
  for (const [at, notice] of notices) {
    now = at;
    report(notice);
  }
  return lines;
}

const waiting = (because: 'rate_limit' | 'loading' | 'retry', milliseconds: number): TeacherNotice => ({
  ...{ kind: 'waiting', because, milliseconds, detail: 'It said so.' },
});

describe('what a teacher has to say', () => {
  it('is a line, with who waits, why and how long', () => {
    expect(
      printed([
        [0, waiting('rate_limit', 20_000)],
        [0, waiting('loading', 2000)],
        [0, waiting('retry', 1000)],
        [0, { kind: 'adapted', change: 'temperature is left out', detail: 'It said so.' }],
        [
          0,
          { kind: 'failed', reason: 'refused', detail: 'It said so.', row: 3, remedy: 'See `retryFailed`.' },
        ],
        [0, { kind: 'warning', detail: 'teacher x.gguf: odd' }],
      ]),
    ).toEqual([
      'waiting for the teacher’s rate limit, for 20 s. It said so.',
      'waiting for the teacher’s server to load its model, for 2 s. It said so.',
      'asking the teacher again, in 1 s. It said so.',
      'note: temperature is left out. It said so.',
      'row 3: a reply failed (refused), the first for this reason. It said so.\n  remedy, if more follow: See --retry-failed.',
      'warning: teacher x.gguf: odd',
    ]);
  });

  it('has no time where there is none to wait', () => {
    expect(printed([[0, waiting('retry', 0)]])).toEqual(['asking the teacher again. It said so.']);
  });

  it('over and over is told now and then', () => {
    const every = Array.from({ length: 50 }, (_, i) => [i * 2000, waiting('loading', 2000 + i)] as const);
    expect(printed(every)).toHaveLength(4);
    const adapted: TeacherNotice = { kind: 'adapted', change: 'x', detail: 'y' };
    expect(printed([0, 60_000, 120_000].map((at) => [at, adapted] as const))).toHaveLength(1);
  });
});
