/** One trial in a process of its own: reads its task from the command line, sends the result to its parent. */

import type { TrialCommand } from './command.js';
import { CONTENDER_RUNS } from './contenders.js';
import { dumpSequences } from './dump-sequences.js';
import { watchOthers } from './others.js';
import { peakBytes } from './peak-memory.js';

const command = JSON.parse(process.argv[2]!) as TrialCommand;
const answer = await carryOut(command);
// Libraries may keep the event loop alive; the trial is over when its result has left.
process.send!(answer, () => process.exit(0));

async function carryOut(given: TrialCommand): Promise<unknown> {
  if (given.kind === 'dump') return dumpSequences(given.task, given.file);
  const othersShare = watchOthers();
  const measured = await CONTENDER_RUNS[given.contender](given.task);
  return { ...measured, peakBytes: peakBytes(), othersShare: othersShare() };
}
