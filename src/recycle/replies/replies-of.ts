import { BatchTeacher } from '../../teacher/batch/batch-teacher.js';
import type { Teacher } from '../../teacher/teacher.js';
import type { Interrupts } from '../interrupts.js';
import type { RecycleOptions } from '../recycle-options.js';
import type { RunState } from '../run/run-state.js';
import { BatchReplies } from './batch-replies.js';
import { LiveReplies } from './live-replies.js';

/** How a run gets its teacher's replies. */
export function repliesOf(
  teacher: Teacher | BatchTeacher,
  { onWait }: Pick<RecycleOptions, 'onWait'>,
  state: RunState,
  interrupts: Interrupts,
): LiveReplies | BatchReplies {
  const { stopAsking, hangUp } = interrupts;
  return teacher instanceof BatchTeacher
    ? new BatchReplies({ teacher, state, stopAsking, onWait })
    : new LiveReplies({ teacher, state, stopAsking, hangUp });
}
