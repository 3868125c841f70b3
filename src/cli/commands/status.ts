import { Command } from 'commander';
import { type RunStatus, runStatus } from '../../recycle/run/run-status.js';
import { plainTable } from '../../report/plain-table.js';
import { renderTeacherTotals } from '../../report/render-run-summary.js';
import { formatCount, formatShare } from '../../util/format.js';

export function statusCommand(): Command {
  return new Command('status')
    .description('say how far a run is, also while it goes on')
    .argument('<run-dir>', 'the run directory')
    .action(async (directory: string) => console.log(renderStatus(await runStatus(directory))));
}

const PHASES = {
  finished: 'finished',
  stopped: 'stopped before its end; the same `run` command goes on',
} as const satisfies Partial<Record<RunStatus['phase'], string>>;

function renderStatus(status: RunStatus): string {
  const { phase, process, manifest, progress, scores, teacher, waiting } = status;
  const isFinished = phase === 'finished';
  const share = progress && formatShare(progress.bytes / Math.max(1, progress.totalBytes));
  return [
    plainTable({
      align: ['left', 'left'],
      rows: [
        ['run', phase === 'running' ? `under way, process ${process}` : PHASES[phase]],
        ['dataset', manifest.dataset],
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
  ].join('\n\n');
}
