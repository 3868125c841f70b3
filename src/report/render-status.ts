import type { RunStatus } from '../recycle/run/run-status.js';
import { formatCount, formatShare } from '../util/format.js';
import { plainTable } from './plain-table.js';
import { renderTeacherTotals } from './render-run-summary.js';

const PHASES = {
  finished: 'finished',
  stopped: 'stopped before its end; the same command goes on',
  begun: 'ended before anything was kept; the same command begins anew',
} as const satisfies Partial<Record<RunStatus['phase'], string>>;

/** How far a run is, for people: plain text, ending in a newline. */
export function renderStatus(status: RunStatus): string {
  const { phase, process, manifest, progress, scores, teacher, waiting } = status;
  const isFinished = phase === 'finished';
  const share = progress && formatShare(progress.bytes / Math.max(1, progress.totalBytes));
  const tables = [
    plainTable({
      align: ['left', 'left'],
      rows: [
        ['run', phase === 'running' ? `under way, process ${process}` : PHASES[phase]],
        ...(manifest === undefined ? [] : [['dataset', manifest.dataset]]),
        [
          'rows done',
          progress === undefined
            ? 'none yet'
            : `${formatCount(progress.rows)}${isFinished ? '' : ` (${share} of the dataset)`}`,
        ],
        ['scores', formatCount(scores)],
        ...(waiting.batches === 0
          ? []
          : [['batches', `${formatCount(waiting.batches)}, ${formatCount(waiting.requests)} requests`]]),
      ],
    }),
    renderTeacherTotals(teacher),
  ];
  return `${tables.join('\n\n')}\n`;
}
