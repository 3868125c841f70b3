import { basename } from 'node:path';
import { inputName } from '../dataset/input.js';
import { type LaidOutRow, type OpenDataset, openDataset } from '../dataset/open-dataset.js';
import type { Conversation } from '../domain/conversation.js';
import type { DatasetName } from '../domain/dataset-name.js';
import type { FormatName } from '../domain/format-name.js';
import type { UnscorableReason } from '../domain/score.js';
import { openStudentTokenizer, type StudentTokenizer } from '../engine/student-tokenizer.js';
import { type DatasetProfile, ProfileBuilder } from '../inspection/dataset-profile.js';
import { type ShownPiece, showRow } from '../inspection/shown-row.js';
import { type StudentView, StudentViewBuilder } from '../inspection/student-view.js';
import type { FoundLayout } from '../layout/detect-layout.js';
import { optionError } from '../options/option-error.js';
import { named } from '../options/option-name.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions, CompleteOptions } from '../options/required-options.js';
import { chooseTemplate, templateFor } from '../prompt/choose-template.js';
import {
  type ConversationRenderer,
  conversationRenderer,
  type PromptTemplate,
} from '../prompt/conversation-renderer.js';
import { DEFINITIONS } from '../scoring/definitions.js';
import { Planner } from '../scoring/planner.js';
import { layoutChoice } from './layout-choice.js';

/** The options of `inspect`, under their names and with their meaning in the table of options. */
export interface InspectDatasetOptions extends CommandOptions<'inspect'> {
  readonly signal?: AbortSignal | undefined;
}

/** What a dataset is, and what a student would make of it. */
export interface Inspection {
  readonly dataset: DatasetName;
  /** What messages call it. */
  readonly name: string;
  readonly format: FormatName;
  readonly found: FoundLayout;
  readonly profile: DatasetProfile;
  /** Of the template that rows are shown in. */
  readonly template: string;
  readonly student: (StudentView & { readonly file: string; readonly maxLength: number }) | undefined;
  /** The first rows as a student sees them. */
  readonly shown: readonly ShownRow[];
}

export interface ShownRow {
  /** 1-based, of the file. */
  readonly line: number;
  /** Undefined when the template cannot show the row. */
  readonly pieces: readonly ShownPiece[] | undefined;
  readonly problem: { readonly reason: UnscorableReason; readonly detail: string } | undefined;
}

/** Rows that are tokenized together. */
const ROWS_AT_ONCE = 64;

/**
 * Reads a dataset and says what is in it: its layout, who speaks in what order, how long, what cannot be scored and why, and
 * a few rows as a student will see them. With a student also in tokens; only its tokenizer is loaded.
 * @throws {ReflectionError} as {@link scoreDataset} does before it scores.
 */
export async function inspectDataset(given: InspectDatasetOptions): Promise<Inspection> {
  const options = readOptions('inspect', given, ['signal']);
  const { dataset, student, limit } = options;
  const { signal } = given;
  const choice = await chooseTemplate(options);
  if (choice.kind === 'own' && student === undefined) {
    throw optionError(
      'template',
      `The ${named('template')} chat is the student’s own, and there is no student.`,
      {
        remedy: `Name one with ${named('student')}, or choose another ${named('template')}.`,
      },
    );
  }
  using data = await openDataset(dataset, await layoutChoice(options), {
    format: options.format,
    limit,
    signal,
  });
  using tokenizer = student === undefined ? undefined : await openStudentTokenizer(student, signal);
  const template =
    choice.kind === 'ours'
      ? choice.template
      : templateFor(choice, { ...tokenizer!.model, name: basename(student!) });
  const planner = tokenizer && plannerOf(tokenizer, template, options);
  const view = planner && new StudentViewBuilder(planner, tokenizer);
  const { profile, shown } = await look(
    data.rows,
    view,
    conversationRenderer(template, options.targets),
    options,
  );
  return {
    dataset,
    name: inputName(dataset),
    format: data.format,
    found: data.found,
    profile,
    template: choice.kind === 'ours' ? template.name : `chat:${template.name}`,
    student: view && { file: student!, maxLength: planner.maxLength, ...view.snapshot() },
    shown,
  };
}

async function look(
  rows: OpenDataset['rows'],
  view: StudentViewBuilder | undefined,
  renderer: ConversationRenderer,
  { show, endOfTurn }: CompleteOptions<'inspect'>,
): Promise<Pick<Inspection, 'profile' | 'shown'>> {
  const profile = new ProfileBuilder();
  const shown: ShownRow[] = [];
  let waiting: { readonly conversation: Conversation; readonly place: string }[] = [];
  for await (const row of rows) {
    if (shown.length < show) shown.push(shownRow(row, renderer, endOfTurn));
    if (row.kind === 'bad') {
      profile.addUnscorable(row.reason, row.detail);
      continue;
    }
    const conversation = conversationIn(row);
    profile.addConversation(conversation);
    waiting.push({ conversation, place: `${row.file}:${row.line}` });
    if (waiting.length < ROWS_AT_ONCE) continue;
    await view?.add(waiting);
    waiting = [];
  }
  await view?.add(waiting);
  return { profile: profile.snapshot(), shown };
}

/** Of a preference the side that is to be learnt from. */
function conversationIn(row: Exclude<LaidOutRow, { kind: 'bad' }>): Conversation {
  return row.kind === 'preference' ? row.chosen.conversation : row.conversation;
}

function plannerOf(
  { startToken, maxLength: longest }: StudentTokenizer,
  template: PromptTemplate,
  { maxLength, targets, endOfTurn }: CompleteOptions<'inspect'>,
): Planner {
  const settings = { template, targets, endOfTurn, maxLength: Math.min(maxLength, longest), startToken };
  return new Planner(DEFINITIONS.exact, settings);
}

function shownRow(row: LaidOutRow, renderer: ConversationRenderer, endOfTurn: boolean): ShownRow {
  const { line } = row;
  if (row.kind === 'bad') {
    return { line, pieces: undefined, problem: { reason: row.reason, detail: row.detail } };
  }
  const pieces = showRow(conversationIn(row), renderer, endOfTurn);
  if (!('kind' in pieces)) return { line, pieces, problem: undefined };
  return { line, pieces: undefined, problem: { reason: pieces.reason, detail: pieces.problem } };
}
