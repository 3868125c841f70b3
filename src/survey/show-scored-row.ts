import { sampleOf, spokenText, type Turn } from '../domain/conversation.js';
import type { Sample } from '../domain/sample.js';
import { METRIC_SPANS } from '../domain/score.js';
import { detectLayout } from '../layout/detect-layout.js';
import { readRowContent } from '../layout/read-row.js';
import { ROW_KEY } from '../output/row-key.js';
import { REJECTED_SCORE } from '../output/scores/score-fields.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import type { ShownContent, ShownRow, ShownSample, ShownTokens, ShownTurn } from './shown-row.js';
import { shownText } from './shown-text.js';

/** Fields that are shown in places of their own. */
const SHOWN_ELSEWHERE = new Set(['id', ROW_KEY, 'ifd_ppl', 'rifd_ppl', 'detail', 'turns', REJECTED_SCORE]);
/** Figures of a turn. */
const TURN_FIGURES = { ifd_ppl: 'IFD', ifd_turn_ppl: 'IFD of the turn', rifd_ppl: 'r-IFD' } as const;
const LONGEST_FIELD = 400;

/** What a row of a scored file says of itself. */
export function showScoredRow(
  object: JsonObject,
): Pick<ShownRow, 'content' | 'tokens' | 'fields' | 'detail'> {
  const tokens = readTokens(object);
  const { content, columns } = showContent(object);
  const fields = Object.entries(object).filter(
    ([name, value]) =>
      !SHOWN_ELSEWHERE.has(name) &&
      !columns.includes(name) &&
      !name.startsWith('logprobs_') &&
      value !== null,
  );
  return {
    content,
    ...(tokens && { tokens }),
    fields: fields.map(([name, value]) => [name, spell(value)] as const),
    detail: typeof object.detail === 'string' ? shownText(object.detail) : null,
  };
}

interface FoundContent {
  readonly content: ShownContent;
  /** The columns that it stands in. */
  readonly columns: readonly string[];
}

/** What the row itself holds, whatever its layout; a row that holds nothing we know is shown as it is. */
function showContent(object: JsonObject): FoundContent {
  const own = withoutScores(object);
  const finding = detectLayout([own]);
  const read = finding.kind === 'found' ? readRowContent(own, finding.layout) : undefined;
  if (read === undefined || finding.kind !== 'found' || read.kind === 'bad') {
    const text = typeof own.row_text === 'string' ? own.row_text : JSON.stringify(own, null, 2);
    return { content: { kind: 'other', text: shownText(text) }, columns: Object.keys(own) };
  }
  const columns = Object.keys(own).filter((name) => !finding.unused.includes(name));
  const scores = Array.isArray(object.turns) ? object.turns.filter(isJsonObject) : [];
  if (read.kind === 'preference') {
    const chosen = showTurns(read.chosen.conversation.turns, scores);
    const rejected = showTurns(read.rejected.conversation.turns.slice(-1), []);
    const turns = [...chosen, ...rejected.map((turn) => ({ ...turn, role: 'rejected' }))];
    return { content: { kind: 'chat', turns }, columns };
  }
  const sample = sampleOf(read.conversation);
  return {
    content:
      sample === undefined
        ? { kind: 'chat', turns: showTurns(read.conversation.turns, scores) }
        : { kind: 'sample', sample: showSample(sample) },
    columns,
  };
}

/** The row's own fields: those of ours are written behind them, the key first. */
function withoutScores(object: JsonObject): JsonObject {
  const entries = Object.entries(object);
  const end = entries.findIndex(([name]) => name === ROW_KEY);
  return end === -1 ? object : Object.fromEntries(entries.slice(0, end));
}

function showSample({ instruction, input, output }: Sample): ShownSample {
  return { instruction: shownText(instruction), input: shownText(input), output: shownText(output) };
}

/** @param scores - Each names the place of its turn. */
function showTurns(turns: readonly Turn[], scores: readonly JsonObject[]): ShownTurn[] {
  return turns.map((turn, i) => {
    const score = scores.find((candidate) => candidate.turn === i);
    const figures = Object.entries(TURN_FIGURES).flatMap(([field, name]) => {
      const figure = score?.[field];
      return typeof figure === 'number' ? [[name, figure] as const] : [];
    });
    const tokens = score && readTokens(score);
    return {
      role: turn.role,
      text: shownText(wordsOf(turn)),
      figures: Object.fromEntries(figures),
      ...(typeof score?.reason === 'string' && { reason: score.reason }),
      ...(tokens && { tokens }),
    };
  });
}

/** All that a turn says: reasoning, text and calls of tools. */
function wordsOf(turn: Turn): string {
  const calls = turn.toolCalls.map(({ name, arguments: given }) => `${name}(${JSON.stringify(given)})`);
  return [turn.reasoning, spokenText(turn), ...calls].filter((part) => part !== '').join('\n');
}

/** What `--per-token` has written of an answer, in its row or in its turn. */
function readTokens(object: JsonObject): ShownTokens | undefined {
  const { conditioned, direct } = METRIC_SPANS.ifd;
  const [after, alone] = [object[`logprobs_${conditioned}`], object[`logprobs_${direct}`]];
  if (!isNumbers(after) || !isNumbers(alone) || after.length !== alone.length) return undefined;
  return { conditioned: after, direct: alone };
}

function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === 'number');
}

function spell(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST_FIELD ? `${text.slice(0, LONGEST_FIELD)}…` : text;
}
