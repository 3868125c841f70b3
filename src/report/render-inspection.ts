import type { CountedReason } from '../inspection/counted-reason.js';
import type { DatasetProfile } from '../inspection/dataset-profile.js';
import type { LengthSummary } from '../inspection/length-statistics.js';
import type { ShownPiece } from '../inspection/shown-row.js';
import { nameFlags } from '../options/option-name.js';
import type { Inspection, ShownRow } from '../pipeline/inspect-dataset.js';
import { formatCount, formatShare } from '../util/format.js';
import { describeLayout } from './describe-layout.js';
import { plainTable } from './plain-table.js';

/** How stretches of a text are told apart: colours on a terminal, brackets elsewhere. */
export interface Emphasis {
  /** What is scored. */
  target(text: string): string;
  /** What the student's own template writes. */
  template(text: string): string;
}

export const BRACKETS: Emphasis = { target: (text) => `[[${text}]]`, template: (text) => text };

const SEQUENCES_SHOWN = 12;
/** A longer stretch is shown without its middle. */
const LONGEST_SHOWN = 600;
const KEPT_AT_START = 400;
const KEPT_AT_END = 150;

/** What a dataset is, for people; ends in a newline. */
export function renderInspection(inspection: Inspection, emphasis: Emphasis): string {
  const { found, profile, student } = inspection;
  const sections = [
    [
      `${inspection.name}: ${formatCount(profile.rows)} ${profile.rows === 1 ? 'row' : 'rows'}, ${FORMATS[inspection.format]}`,
      ...(found.rows > 0 ? [describeLayout(found)] : []),
    ].join('\n'),
    renderRoles(profile),
    renderLengths(profile),
    renderReasons('unscorable', profile.unscorable, profile.rows),
    ...(student === undefined
      ? []
      : [renderStudent(inspection), renderReasons('refused', student.unscorable, profile.rows)]),
    ...inspection.shown.map((row) => renderShown(row, inspection, emphasis)),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

const FORMATS = {
  jsonl: 'JSON Lines',
  json: 'a JSON array',
  csv: 'CSV',
  tsv: 'tab-separated values',
  parquet: 'Parquet',
  arrow: 'Arrow',
} as const satisfies Record<Inspection['format'], string>;

function renderRoles({ sequences, rows, targets, masked, withTools }: DatasetProfile): string {
  if (sequences.length === 0) return '';
  const shown = sequences.slice(0, SEQUENCES_SHOWN);
  const left = sequences.slice(SEQUENCES_SHOWN).reduce((sum, sequence) => sum + sequence.rows, 0);
  const line = (roles: string, count: number) => [roles, formatCount(count), formatShare(count / rows)];
  const table = plainTable({
    head: ['who speaks', 'rows', ''],
    align: ['left', 'right', 'right'],
    rows: [
      ...shown.map((sequence) => line(sequence.roles, sequence.rows)),
      ...(left > 0 ? [line(`${formatCount(sequences.length - SEQUENCES_SHOWN)} other orders`, left)] : []),
    ],
  });
  const notes = [
    `${formatCount(targets)} ${targets === 1 ? 'answer' : 'answers'} to score`,
    ...(masked > 0 ? [`${formatCount(masked)} not, by their masks or place`] : []),
    ...(withTools > 0 ? [`${formatCount(withTools)} rows with tools`] : []),
  ];
  return `${table}\n\n${notes.join('; ')}`;
}

function renderLengths({ characters }: DatasetProfile): string {
  const roles = Object.entries(characters);
  if (roles.length === 0) return '';
  return lengthTable('characters', roles);
}

function lengthTable(unit: string, lines: readonly (readonly [string, LengthSummary])[]): string {
  return plainTable({
    head: [unit, 'texts', 'shortest', 'median', '95% below', 'longest', 'together'],
    align: ['left', 'right', 'right', 'right', 'right', 'right', 'right'],
    rows: lines.map(([name, { count, min, median, p95, max, total }]) => [
      name,
      ...[count, min, median, p95, max, total].map(formatCount),
    ]),
  });
}

function renderReasons(title: string, reasons: readonly CountedReason[], rows: number): string {
  if (reasons.length === 0) return '';
  const table = plainTable({
    head: [title, 'rows', ''],
    align: ['left', 'right', 'right'],
    rows: reasons.map(({ reason, rows: count }) => [reason, formatCount(count), formatShare(count / rows)]),
  });
  return [table, ...reasons.map(({ reason, example }) => `  ${reason}: ${visible(nameFlags(example))}`)].join(
    '\n',
  );
}

function renderStudent({ student, template }: Inspection): string {
  const { file, maxLength, tokens, answerTokens, cut, shortened } = student!;
  const lines = [
    ['longest sequence of a row', tokens],
    ['answers of a row', answerTokens],
  ] as const;
  const known = lines.flatMap(([name, summary]) => (summary === undefined ? [] : [[name, summary] as const]));
  return [
    `with ${file}, template ${template}, at most ${formatCount(maxLength)} tokens`,
    ...(known.length === 0 ? [] : [lengthTable('tokens', known)]),
    `${formatCount(cut)} ${cut === 1 ? 'row' : 'rows'} with a text that is cut at its end; ${formatCount(shortened)} shown without their first turns`,
  ].join('\n\n');
}

function renderShown(
  { line, pieces, problem }: ShownRow,
  { format, template }: Inspection,
  emphasis: Emphasis,
): string {
  const place = format === 'parquet' || format === 'arrow' ? 'row' : 'line';
  const title = `── ${place} ${formatCount(line)}, template ${template}`;
  if (problem !== undefined) return `${title}\n${problem.reason}: ${visible(nameFlags(problem.detail))}`;
  return `${title}\n${(pieces ?? []).map((piece) => renderPiece(piece, emphasis)).join('')}`;
}

function renderPiece({ text, isTarget, isTemplate }: ShownPiece, emphasis: Emphasis): string {
  const shown = visible(shortened(text));
  if (isTarget) return emphasis.target(shown);
  return isTemplate ? emphasis.template(shown) : shown;
}

function shortened(text: string): string {
  if (text.length <= LONGEST_SHOWN) return text;
  const left = text.length - KEPT_AT_START - KEPT_AT_END;
  return `${text.slice(0, KEPT_AT_START)} ... ${formatCount(left)} characters ... ${text.slice(-KEPT_AT_END)}`;
}

/** A text that does to a terminal nothing but show itself: control characters by their pictures. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    if (character === '\n' || character === '\t') return character;
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : '\u2421';
  });
}
