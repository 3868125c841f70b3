import { RememberingScorer } from '../../scoring/remembering-scorer.js';
import { plannerFor } from '../../scoring/score-stream.js';
import type { Interrupts } from '../interrupts.js';
import type { Models } from '../models/open-models.js';
import type { OpenedStudent } from '../models/open-student.js';
import { CARRIED_REFLECTIONS } from '../reflections/carried-reflections.js';
import { TeacherReflections } from '../reflections/teacher-reflections.js';
import type { ReplySource } from '../replies/reply-source.js';
import type { RunState } from '../run/run-state.js';
import type { RunInputs } from '../run-inputs.js';
import { decideGroup } from './decide-group.js';
import { reflectEverything } from './reflect-everything.js';
import { StudentScores } from './student-scores.js';
import type { DecideTurns } from './sweep.js';

export interface TurnDecider {
  readonly decideTurns: DecideTurns;
  /** Undefined without a student. */
  readonly scores: StudentScores | undefined;
}

/** How a run decides its rows' turns: with its student and its teacher, as far as it has them. */
export function turnDecider(
  { teacher, opened }: Pick<Models, 'teacher' | 'opened'>,
  replies: ReplySource | undefined,
  inputs: RunInputs,
  state: RunState,
  { stopAsking, hangUp }: Interrupts,
): TurnDecider {
  const reflections =
    teacher === undefined || replies === undefined
      ? CARRIED_REFLECTIONS
      : new TeacherReflections({ ...inputs, teacherId: teacher.id, replies });
  if (opened === undefined) {
    return { decideTurns: (turns) => reflectEverything(turns, reflections), scores: undefined };
  }
  const scores = studentScores(opened, inputs, state, hangUp);
  const tools = { ...inputs, reflections, scores, signal: stopAsking };
  return { decideTurns: (turns) => decideGroup(turns, tools), scores };
}

function studentScores(
  { student, fingerprint, template }: OpenedStudent,
  inputs: RunInputs,
  state: RunState,
  signal: AbortSignal,
): StudentScores {
  return new StudentScores({
    // only a deterministic student gives equal spans equal bits, without which a run would not end as another
    scorer: student.deterministic ? new RememberingScorer(student) : student,
    planner: plannerFor(student, { ...inputs.scoring, template, hasTurnIfd: false }),
    fingerprint,
    state,
    signal,
  });
}
