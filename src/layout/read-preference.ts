import { isDeepStrictEqual } from 'node:util';
import { spokenText } from '../domain/conversation.js';
import type { JsonObject } from '../util/json-value.js';
import type { Layout } from './layout.js';
import { readAnswer, readQuestion, requireColumns } from './read-columns.js';
import { type PlacedTurn, readMessages } from './read-messages.js';
import { refuseRow } from './row-problem.js';

/** Both sides of a preference: the turns of each, of which those that only it has are targets. */
export interface PreferenceTurns {
  readonly chosen: readonly PlacedTurn[];
  readonly rejected: readonly PlacedTurn[];
}

/**
 * Reads two answers to one question. The question is a column of its own (a text, or messages), or what both lists of
 * messages begin with. Where messages are complete and only a rejected answer stands beside them, their last turn is
 * the chosen one.
 */
export function readPreference(object: JsonObject, layout: Layout): PreferenceTurns {
  const { columns, tags } = layout;
  if (columns.chosen === undefined && columns.messages !== undefined)
    return readRejectedBeside(object, layout);
  const { chosen, rejected } = requireColumns(object, columns, ['chosen', 'rejected']);
  const sides = {
    chosen: readAnswer(object[chosen], chosen, layout),
    rejected: readAnswer(object[rejected], rejected, layout),
  };
  const prompt = columns.instruction ?? columns.messages;
  if (prompt === undefined || object[prompt] === undefined || object[prompt] === null)
    return targetsApart(sides, 0);
  const question =
    columns.instruction === undefined
      ? readMessages(object[prompt], prompt, tags).map(asContext)
      : readQuestion(object, prompt, layout);
  return targetsApart(
    {
      chosen: joinQuestion(question, sides.chosen, prompt, chosen),
      rejected: joinQuestion(question, sides.rejected, prompt, rejected),
    },
    question.length,
  );
}

/** `messages` with their answer, and another answer that is the worse one. */
function readRejectedBeside(object: JsonObject, layout: Layout): PreferenceTurns {
  const { messages, rejected } = requireColumns(object, layout.columns, ['messages', 'rejected']);
  const chosen = readMessages(object[messages], messages, layout.tags);
  const question = chosen.slice(0, -1);
  return targetsApart(
    {
      chosen,
      rejected: joinQuestion(question, readAnswer(object[rejected], rejected, layout), messages, rejected),
    },
    question.length,
  );
}

/** A side that holds the question as well, as some datasets have it, has to hold the same one. */
function joinQuestion(
  question: readonly PlacedTurn[],
  answer: readonly PlacedTurn[],
  questionColumn: string,
  answerColumn: string,
): readonly PlacedTurn[] {
  if (answer[0]?.turn.role === 'assistant') return [...question, ...answer];
  const last = question.at(-1);
  const isWithin =
    last !== undefined &&
    answer.some(({ turn }) => turn.role === 'user' && spokenText(turn) === spokenText(last.turn));
  if (isWithin) return answer;
  return refuseRow(
    'contradicting_columns',
    `"${answerColumn}" begins with a question that is not the one in "${questionColumn}". Remove one of them.`,
  );
}

function targetsApart({ chosen, rejected }: PreferenceTurns, atLeast: number): PreferenceTurns {
  let shared = atLeast;
  while (shared < chosen.length && isDeepStrictEqual(chosen[shared]?.turn, rejected[shared]?.turn)) shared++;
  const apart = (turns: readonly PlacedTurn[]) =>
    turns.map((placed, i) => (i < shared ? asContext(placed) : placed));
  return { chosen: apart(chosen), rejected: apart(rejected) };
}

function asContext({ turn, places }: PlacedTurn): PlacedTurn {
  return { turn: { ...turn, isTarget: false }, places };
}
