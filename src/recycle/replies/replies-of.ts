import { BatchTeacher } from '../../teacher/batch/batch-teacher.js';
import type { Teacher } from '../../teacher/teacher.js';
import type { Interrupts } from '../interrupts.js';
import type { RecycleOptions } from '../recycle-options.js';
import type { RunState } from '../run/run-state.js';
import { BatchReplies } from './batch-replies.js';
import { KeptReplies } from './kept-replies.js';
import { LiveReplies } from './live-replies.js';

/** How a run gets its teacher's replies. */
export function repliesOf(
  teacher: Teacher | BatchTeacher,
  { onWait, onNotice }: Pick<RecycleOptions, 'onWait' | 'onNotice'>,
  state: RunState,
  interrupts: Interrupts,
): LiveReplies | BatchReplies {
  const { stopAsking, hangUp } = interrupts;
  const kept = new KeptReplies(state, onNotice);
  return teacher instanceof BatchTeacher
    ? new BatchReplies({ teacher, kept, stopAsking, onWait })
    : new LiveReplies({ teacher, kept, stopAsking, hangUp });
}
