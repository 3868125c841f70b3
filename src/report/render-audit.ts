import { isJsonObject, type JsonObject } from '../util/json-value.js';
import { tellStep } from './tell-step.js';

const WIDTH = 76;
const LONGEST_TEXT = 240;

/** The audit of one row on a screen: how it was decided, on what scores, and what the teacher said. */
export function renderAudit(audit: JsonObject): string {
  const { row, id } = audit;
  const name = id === null ? `row ${row}` : `row ${row}, id ${JSON.stringify(id)}`;
  const others = listOf(audit.other_turns).flatMap((turn) => ['', ...tellDecided('', turn)]);
  return `${[...tellDecided(name, audit), ...others].join('\n')}\n`;
}

/** A decision; of a conversation, of one of its turns. */
function tellDecided(name: string, audit: JsonObject): string[] {
  const { turn, outcome, winner, reason, detail } = audit;
  const place = turn === undefined ? [] : [`turn ${turn}`];
  const verdict = outcome === null ? `rejected: ${reason}` : `selected: ${outcome}`;
  const title = [name, ...place].filter((part) => part !== '').join(', ');
  const lines = [`${title}  ${verdict}${outcome === null && winner !== null ? ` (winner: ${winner})` : ''}`];
  if (typeof detail === 'string') lines.push(`  ${detail}`);
  const texts = isJsonObject(audit.texts) ? audit.texts : {};
  lines.push(...tellTexts('', texts.original));
  const steps = listOf(audit.steps);
  if (steps.length > 0)
    lines.push('', 'decision', ...steps.map((step, i) => `  ${i + 1}. ${tellStep(step)}`));
  const scores = isJsonObject(audit.scores) ? Object.entries(audit.scores) : [];
  if (scores.length > 0) lines.push('', 'scores');
  for (const [variant, score] of scores) lines.push(`  ${variant.padEnd(12)}${tellScores(score)}`);
  for (const reflection of listOf(audit.reflections)) lines.push('', ...tellReflection(reflection, texts));
  return lines;
}

function tellScores(score: unknown): string {
  if (!isJsonObject(score)) return '';
  return ['ifd', 'rifd']
    .flatMap((metric) => {
      const measured = score[metric];
      if (!isJsonObject(measured)) return [];
      const value =
        typeof measured.value === 'number' ? measured.value.toFixed(4) : `none, ${measured.reason}`;
      return [`${metric === 'ifd' ? 'IFD' : 'r-IFD'} ${value}`.padEnd(16)];
    })
    .join('')
    .trimEnd();
}

/** The texts of a variant, a line or a few each. */
function tellTexts(kind: string, sample: unknown): string[] {
  if (!isJsonObject(sample)) return [];
  const { instruction, input, output } = sample;
  return Object.entries({ instruction, input, answer: output }).flatMap(([name, text]) =>
    typeof text === 'string' && text !== '' ? wrap(`${kind}${name}: ${shorten(text)}`) : [],
  );
}

function tellReflection(reflection: JsonObject, texts: JsonObject): string[] {
  const { variant, status, reason, detail, model, retries, critique, raw_text } = reflection;
  const tokens = Number(reflection.prompt_tokens ?? 0) + Number(reflection.completion_tokens ?? 0);
  const lines = [`reflection: ${variant}, ${status}${typeof reason === 'string' ? ` (${reason})` : ''}`];
  if (model !== undefined) {
    const version = reflection.prompt_version;
    lines.push(
      `  ${model}, prompt ${version}, ${tokens} tokens, ${retries} retries${tellCost(reflection.cost)}`,
    );
  }
  if (typeof detail === 'string') lines.push(`  ${detail}`);
  for (const [criterion, text] of Object.entries(isJsonObject(critique) ? critique : {})) {
    if (text !== '') lines.push(...wrap(`${criterion}: ${shorten(String(text))}`));
  }
  if (status === 'candidate') lines.push(...tellTexts('new ', newTexts(String(variant), texts)));
  else if (typeof raw_text === 'string') lines.push(...wrap(`raw: ${shorten(raw_text)}`));
  return lines;
}

/** A response reflection leaves the instruction as it was. */
function newTexts(variant: string, texts: JsonObject): unknown {
  const sample = texts[variant];
  return variant === 'instruction' || !isJsonObject(sample) ? sample : { output: sample.output };
}

function tellCost(cost: unknown): string {
  return typeof cost === 'number' && cost > 0 ? `, cost ${cost.toFixed(6)}` : '';
}

/** One line of text, not longer than a screen can bear; the audit has the whole of it. */
function shorten(text: string): string {
  const flat = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return flat.length <= LONGEST_TEXT ? flat : `${flat.slice(0, LONGEST_TEXT)}...`;
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  let line = ' ';
  for (const word of text.split(' ')) {
    if (line.length > 2 && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
