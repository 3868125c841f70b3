import type { BatchWait } from '../../teacher/batch/batch-teacher.js';
import { formatCount } from '../../util/format.js';

/** Notes what a run waits for, whenever that has changed. */
export function reportWait(note: (line: string) => void): (wait: BatchWait) => void {
  let last = '';
  return ({ batches, requests }) => {
    const line = `waiting for ${formatCount(batches)} ${batches === 1 ? 'batch' : 'batches'} with ${formatCount(requests)} requests`;
    if (line !== last) note(line);
    last = line;
  };
}
