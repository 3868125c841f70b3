/** One trial in a process of its own: reads its task from the command line, sends the result to its parent. */
import { CONTENDER_RUNS } from './contenders.js';
import { peakBytes } from './peak-memory.js';
import type { TrialResult, TrialTask } from './task.js';

const task = JSON.parse(process.argv[2]!) as TrialTask;
const measured = await CONTENDER_RUNS[task.contender](task);
const result: TrialResult = { ...measured, peakBytes: peakBytes() };
// Libraries may keep the event loop alive; the trial is over when its result has left.
process.send!(result, () => process.exit(0));
