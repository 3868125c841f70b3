import type { GoodRow } from '../../dataset/row.js';
import { sampleOf, spokenText, type Turn } from '../../domain/conversation.js';
import type { Sample } from '../../domain/sample.js';
import { editTurns, type RowEdit, type TurnEdit } from '../../layout/edit-turn.js';
import type { RowContent } from '../../layout/read-row.js';
import type { TurnPlaces } from '../../layout/text-place.js';
import type { TurnChoice } from '../../options/choices.js';
import type { SampleContext } from '../../reflection/sample-context.js';
import type { Scorable } from '../../scoring/planner.js';

/** A row whose texts are known. */
export type ReadRow = GoodRow<RowContent>;

/** A turn, and where in its row it stands. */
interface StandingTurn {
  readonly turn: Turn;
  readonly places: TurnPlaces;
}

/** What may be said otherwise: both question and answer, the answer alone, or nothing. */
export type Openness = 'pair' | 'answer' | 'nothing';

/** An answer of a row with the question before it: what the teacher reflects on, and the student decides by. */
export interface RecycledTurn {
  readonly row: ReadRow;
  /** Index of the answer among the turns of its conversation; undefined where that is no more than a sample. */
  readonly index: number | undefined;
  /** It is the one that is recycled where only one is. */
  readonly isDefault: boolean;
  /** Texts as the row has them; nothing is asked where nobody asks. */
  readonly sample: Sample;
  readonly openness: Openness;
  /** What else there is up to the answer; undefined where question and answer are a sample, and that is all. */
  readonly context: SampleContext | undefined;
  readonly question: StandingTurn | undefined;
  readonly answer: StandingTurn;
}

/**
 * The turns of a row that are recycled, in order, at least one. Of a preference they are the chosen side's. Answers that call
 * tools are left out where there are others, since a teacher answers in words.
 */
export function turnsToRecycle(row: ReadRow, choice: TurnChoice): readonly RecycledTurn[] {
  const { turns } = conversationOf(row).conversation;
  const all = turns.flatMap(({ isTarget }, i) => (isTarget ? [recycledTurn(row, i)] : []));
  const open = all.filter(({ openness }) => openness !== 'nothing');
  const recycled = open.length > 0 ? open : all.slice(-1);
  const last = recycled.length - 1;
  return choice === 'last'
    ? recycled.slice(last)
    : recycled.map((turn, i) => ({ ...turn, isDefault: i === last }));
}

function conversationOf(row: ReadRow) {
  return row.kind === 'preference' ? row.chosen : row;
}

function recycledTurn(row: ReadRow, index: number): RecycledTurn {
  const { conversation, places } = conversationOf(row);
  const { turns, tools } = conversation;
  const at = (i: number): StandingTurn => ({ turn: turns[i]!, places: places[i]! });
  const asked = turns.findLastIndex(({ role }, i) => i < index && role === 'user');
  const question = asked === -1 ? undefined : at(asked);
  const answer = at(index);
  const { text: instruction = '', input = '' } = question?.turn ?? {};
  const before = turns.slice(0, question === undefined ? index : asked);
  const between = question === undefined ? [] : turns.slice(asked + 1, index);
  const isSample =
    before.length === 0 &&
    question !== undefined &&
    sampleOf({ turns: [question.turn, ...between, answer.turn], tools }) !== undefined;
  return {
    row,
    index: sampleOf(conversation) === undefined ? index : undefined,
    isDefault: true,
    sample: { instruction, input, output: answer.turn.text },
    openness: opennessOf(row, index, asked),
    context: isSample ? undefined : { before: before.map(asContext), between: between.map(asContext), tools },
    question,
    answer,
  };
}

/** A question stays as it is where something else is about it: what users say later, a call, a preference's other side. */
function opennessOf(row: ReadRow, index: number, asked: number): Openness {
  const { conversation, places } = conversationOf(row);
  const { turns } = conversation;
  if (places[index]!.text === undefined || turns[index]!.toolCalls.length > 0) return 'nothing';
  const isFollowed = turns.some(({ role }, i) => i > index && role === 'user');
  const isPair = asked === index - 1 && places[asked]?.text !== undefined;
  return isPair && !isFollowed && row.kind !== 'preference' ? 'pair' : 'answer';
}

function asContext(turn: Turn): Turn {
  return turn.isTarget ? { ...turn, isTarget: false } : turn;
}

/** What a turn is scored as when it says this. */
export function scorableWith(turn: RecycledTurn, sample: Sample): Scorable {
  const { context, question, answer } = turn;
  if (context === undefined) return sample;
  const { instruction: text, input, output } = sample;
  // reasoning that led to another answer goes with it
  const reasoning = output === turn.sample.output ? answer.turn.reasoning : '';
  return {
    turns: [
      ...context.before,
      ...(question === undefined ? [] : [{ ...question.turn, text, input }]),
      ...context.between,
      { ...answer.turn, text: output, reasoning },
    ],
    tools: context.tools,
  };
}

/** A candidate as its row can hold it: material goes below the question where there is no column for it. */
export function fitIntoRow({ question }: RecycledTurn, sample: Sample): Sample {
  if (sample.input === '' || question?.places.input !== undefined) return sample;
  const { instruction: text, input } = sample;
  return { ...sample, instruction: spokenText({ text, input }), input: '' };
}

/** What has to change in a row for turns of it to say other things. */
export function rowEdits(
  { object }: ReadRow,
  said: readonly { readonly turn: RecycledTurn; readonly sample: Sample }[],
): readonly RowEdit[] {
  const edits = said.flatMap(({ turn, sample }): TurnEdit[] => {
    const { question, answer, sample: before } = turn;
    const { instruction, input, output } = sample;
    const isAsked = instruction === before.instruction && input === before.input;
    return [
      ...(isAsked ? [] : [{ places: question!.places, said: { text: instruction, input } }]),
      ...(output === before.output ? [] : [{ places: answer.places, said: { text: output, input: '' } }]),
    ];
  });
  return editTurns(object!, edits);
}
