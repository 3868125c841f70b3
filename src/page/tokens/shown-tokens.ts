import type { Sample } from '../../domain/sample.js';
import type { LoadedStudent } from '../../engine/loaded-student.js';
import type { Vocabulary } from '../../gguf/vocabulary.js';
import type { PromptTemplate } from '../../prompt/conversation-renderer.js';
import { scoreSamples } from '../../scoring/score-samples.js';
import type { ShownRow, ShownSample, ShownTokens } from '../../survey/shown-row.js';
import { tokenTexts } from './token-texts.js';

/** Who says how probable tokens are, and which text each of them is. */
export interface TokenStudent {
  readonly student: LoadedStudent;
  /** Undefined where the tokens' spelling is not known. */
  readonly vocabulary: Vocabulary | undefined;
  readonly template: PromptTemplate;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The rows with their answers' tokens: texts for those that bring their log-probs with them, and of the others both for as
 * many as are asked for, those with the smallest keys, by one pass of the student. Of a run's row it is the answer that
 * won. A row of which only a part is shown is left as it is.
 * @param most - How many rows are scored.
 * @throws {ReflectionError} as scoring does.
 */
export async function withTokens(
  rows: readonly ShownRow[],
  most: number,
  student: TokenStudent,
): Promise<readonly ShownRow[]> {
  const whole = rows.flatMap((row) => {
    const sample = wholeSample(row);
    return sample === undefined ? [] : [{ row, sample }];
  });
  const stored = whole.filter(({ row }) => row.tokens !== undefined);
  const chosen = whole
    .filter(({ row }) => row.tokens === undefined && row.length !== null)
    .sort((a, b) => (a.row.key < b.row.key ? -1 : 1))
    .slice(0, most);
  const found = new Map<ShownRow, ShownTokens>();
  for (const [i, tokens] of (
    await scoreTokens(
      chosen.map(({ sample }) => sample),
      student,
    )
  ).entries()) {
    if (tokens !== undefined) found.set(chosen[i]!.row, tokens);
  }
  for (const { row } of stored) found.set(row, row.tokens!);
  const told = [...stored, ...chosen].filter(({ row }) => found.has(row));
  const texts = await textsOf(
    told.map(({ sample }) => sample.output),
    student,
  );
  for (const [i, { row }] of told.entries()) {
    found.set(row, withTexts(found.get(row)!, texts[i]));
  }
  const withOwn = rows.map((row) => {
    const tokens = found.get(row);
    return tokens === undefined ? row : { ...row, tokens };
  });
  return await withTurnTexts(withOwn, student);
}

/** The rows with texts for the tokens that the turns of their conversations bring with them. */
async function withTurnTexts(rows: readonly ShownRow[], student: TokenStudent): Promise<readonly ShownRow[]> {
  const turnsOf = ({ content }: ShownRow) => (content.kind === 'chat' ? content.turns : []);
  const answers = rows.flatMap((row) =>
    turnsOf(row).flatMap(({ text, tokens }) =>
      tokens === undefined || typeof text !== 'string' ? [] : [text],
    ),
  );
  const texts = new Map<string, readonly string[] | undefined>();
  for (const [i, told] of (await textsOf(answers, student)).entries()) texts.set(answers[i]!, told);
  return rows.map((row) => {
    const { content } = row;
    if (content.kind !== 'chat') return row;
    const turns = content.turns.map((turn) => {
      if (turn.tokens === undefined || typeof turn.text !== 'string') return turn;
      return { ...turn, tokens: withTexts(turn.tokens, texts.get(turn.text)) };
    });
    return { ...row, content: { ...content, turns } };
  });
}

/** Tokens with their texts, unless these are fewer than were scored: then they are those of another student. */
function withTexts(tokens: ShownTokens, texts: readonly string[] | undefined): ShownTokens {
  const own = texts?.slice(0, tokens.conditioned.length);
  return own?.length === tokens.conditioned.length ? { ...tokens, texts: own } : tokens;
}

/** Rounding and precision move a ratio by less than this share. */
const SLACK = 0.02;

/** Whether for most rows the tokens make another IFD than the row has. */
export function isScoredOtherwise(rows: readonly ShownRow[]): boolean {
  const compared = rows.flatMap(({ tokens, content, before, after }) => {
    // of a row that is dropped the winner's score is not told
    const isOther = content.kind === 'change' && content.after !== undefined && after === null;
    const { ifd } = after ?? before;
    return tokens === undefined || ifd === null || isOther ? [] : [Math.abs(ifdOf(tokens) / ifd - 1)];
  });
  return compared.filter((difference) => difference > SLACK).length > compared.length / 2;
}

/** exp of the loss after the instruction minus the loss by itself. */
function ifdOf({ conditioned, direct }: ShownTokens): number {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  return Math.exp((sum(direct) - sum(conditioned)) / conditioned.length);
}

async function scoreTokens(
  samples: readonly Sample[],
  { student, template, signal }: TokenStudent,
): Promise<(ShownTokens | undefined)[]> {
  const options = { template, metrics: ['ifd'] as const, perToken: true, ...(signal && { signal }) };
  const tokens: (ShownTokens | undefined)[] = [];
  for await (const { metrics } of scoreSamples(student, samples, options)) {
    const { ifd } = metrics;
    const isWhole = ifd.kind === 'scored' && ifd.conditioned.logprobs && ifd.direct.logprobs;
    tokens.push(
      isWhole
        ? { conditioned: rounded(ifd.conditioned.logprobs!), direct: rounded(ifd.direct.logprobs!) }
        : undefined,
    );
  }
  return tokens;
}

async function textsOf(
  answers: readonly string[],
  { student, vocabulary }: TokenStudent,
): Promise<(readonly string[] | undefined)[]> {
  if (vocabulary === undefined) return [];
  const ids = await student.tokenize(answers);
  return answers.map((answer, i) => tokenTexts(vocabulary, ids[i]!, answer));
}

/** A thousandth of a nat is more than anybody sees, and a page holds many of them. */
function rounded(values: Float32Array): number[] {
  return Array.from(values, (value) => Math.round(value * 1000) / 1000);
}

/** The sample whose answer is looked at, unless it is shown in part only. */
function wholeSample({ content }: ShownRow): Sample | undefined {
  if (content.kind === 'sample') return whole(content.sample);
  return content.kind === 'change' ? whole(content.after ?? content.before) : undefined;
}

function whole({ instruction, input, output }: ShownSample): Sample | undefined {
  if (typeof instruction !== 'string' || typeof input !== 'string' || typeof output !== 'string')
    return undefined;
  return { instruction, input, output };
}
