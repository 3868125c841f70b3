import { METRIC_SPANS } from '../domain/score.js';
import { isJsonObject, type JsonObject } from '../util/json-value.js';
import type { ShownContent, ShownRow, ShownTokens, ShownTurn } from './shown-row.js';
import { shownText } from './shown-text.js';

/** Fields that are shown in places of their own. */
const SHOWN_ELSEWHERE = new Set([
  'id',
  'row_key',
  'instruction',
  'input',
  'output',
  'ifd_ppl',
  'rifd_ppl',
  'detail',
]);
/** Lists of messages, by the names that they usually have. */
const CHAT_FIELDS = ['messages', 'conversations', 'conversation'];
/** Figures of a turn. */
const TURN_FIGURES = { ifd_ppl: 'IFD', ifd_turn_ppl: 'IFD of the turn', rifd_ppl: 'r-IFD' } as const;
const LONGEST_FIELD = 400;

/** What a row of a scored file says of itself. */
export function showScoredRow(
  object: JsonObject,
): Pick<ShownRow, 'content' | 'tokens' | 'fields' | 'detail'> {
  const chat = CHAT_FIELDS.find((name) => Array.isArray(object[name]));
  const tokens = readTokens(object);
  const hidden = new Set([...SHOWN_ELSEWHERE, ...CHAT_FIELDS, 'turns']);
  return {
    content:
      chat === undefined ? showSample(object) : { kind: 'chat', turns: showTurns(object, object[chat]) },
    ...(tokens && { tokens }),
    fields: Object.entries(object)
      .filter(([name, value]) => !hidden.has(name) && !name.startsWith('logprobs_') && value !== null)
      .map(([name, value]) => [name, spell(value)] as const),
    detail: typeof object.detail === 'string' ? shownText(object.detail) : null,
  };
}

/** A sample's texts; a row that holds none is shown as it is. */
function showSample({ instruction, input, output, ...rest }: JsonObject): ShownContent {
  if (typeof instruction !== 'string' || typeof output !== 'string') {
    const text =
      typeof rest.row_text === 'string' ? rest.row_text : JSON.stringify({ instruction, input, output });
    return { kind: 'other', text: shownText(text) };
  }
  const texts = { instruction, input: typeof input === 'string' ? input : '', output };
  return {
    kind: 'sample',
    sample: {
      instruction: shownText(texts.instruction),
      input: shownText(texts.input),
      output: shownText(texts.output),
    },
  };
}

function showTurns(object: JsonObject, messages: unknown): ShownTurn[] {
  const scores = Array.isArray(object.turns) ? object.turns.filter(isJsonObject) : [];
  const list = Array.isArray(messages) ? messages : [];
  const shown = list.map((message, i) =>
    showTurn(
      message,
      scores.find(({ turn }) => turn === i),
    ),
  );
  return typeof object.system === 'string' && object.system !== ''
    ? [{ role: 'system', text: shownText(object.system), figures: {} }, ...shown]
    : shown;
}

function showTurn(message: unknown, score: JsonObject | undefined): ShownTurn {
  const { role, from, content, value } = isJsonObject(message) ? message : { content: message };
  const figures = Object.entries(TURN_FIGURES).flatMap(([field, name]) => {
    const figure = score?.[field];
    return typeof figure === 'number' ? [[name, figure] as const] : [];
  });
  const said = content ?? value;
  return {
    role: String(role ?? from ?? '?').slice(0, 40),
    text: shownText(typeof said === 'string' ? said : (JSON.stringify(said) ?? '')),
    figures: Object.fromEntries(figures),
    ...(typeof score?.reason === 'string' && { reason: score.reason }),
  };
}

/** What `--per-token` has written of the answer. */
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
