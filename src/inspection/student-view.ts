import type { Conversation } from '../domain/conversation.js';
import { METRICS, type UnscorableReason } from '../domain/score.js';
import type { Scorer } from '../engine/scorer.js';
import type { SpanPlan } from '../scoring/definition.js';
import { explainUnscorable } from '../scoring/explain-unscorable.js';
import type { Planner } from '../scoring/planner.js';
import { type PlannedTask, type PlannedTurn, planTasks } from '../scoring/task.js';
import { type CountedReason, ReasonCounter } from './counted-reason.js';
import { LengthStatistics, type LengthSummary } from './length-statistics.js';

/** What a student would make of a dataset's rows, in tokens. */
export interface StudentView {
  /** Of the longest sequence of each row. */
  readonly tokens: LengthSummary | undefined;
  /** Of all answers of a row that are scored, together. */
  readonly answerTokens: LengthSummary | undefined;
  /** Rows of which an answer or a question would be cut at its end. */
  readonly cut: number;
  /** Rows with an answer before which turns would be left out. */
  readonly shortened: number;
  /** Rows of which nothing could be scored by this student in this template. */
  readonly unscorable: readonly CountedReason[];
}

/** Gathers what a student would make of conversations, without scoring one. */
export class StudentViewBuilder {
  readonly #planner: Planner;
  readonly #tokenizer: Pick<Scorer, 'tokenize'>;
  readonly #tokens = new LengthStatistics();
  readonly #answerTokens = new LengthStatistics();
  readonly #unscorable = new ReasonCounter();
  #cut = 0;
  #shortened = 0;

  constructor(planner: Planner, tokenizer: Pick<Scorer, 'tokenize'>) {
    this.#planner = planner;
    this.#tokenizer = tokenizer;
  }

  /** @param rows - With the place of each, for people. */
  async add(rows: readonly { readonly conversation: Conversation; readonly place: string }[]): Promise<void> {
    const tasks = rows.map(({ conversation }) => this.#planner.prepare(conversation, METRICS));
    for (const [i, task] of (await planTasks(this.#tokenizer, tasks)).entries())
      this.#addTask(task, rows[i]!.place);
  }

  #addTask(task: PlannedTask, place: string): void {
    const turns: readonly Pick<PlannedTurn, 'metrics' | 'droppedTurns'>[] =
      task.kind === 'chat' ? task.turns : [{ metrics: task.metrics, droppedTurns: 0 }];
    const plans = turns.flatMap(({ metrics }) => metrics.map(({ plan }) => plan));
    const spans = plans.flatMap(({ conditioned, direct }) => [conditioned, direct]);
    const planned = spans.filter((span) => span.kind === 'span');
    const answers = turns.flatMap(({ metrics }) => {
      const answer = metrics.find(({ metric }) => metric === 'ifd')?.plan.conditioned;
      return answer?.kind === 'span' ? [answer] : [];
    });
    if (answers.length === 0) this.#addUnscorable(spans, place);
    if (planned.length === 0) return;
    this.#tokens.add(Math.max(...planned.map(({ tokens }) => tokens.length)));
    if (answers.length > 0) {
      this.#answerTokens.add(answers.reduce((sum, { begin, end }) => sum + end - begin, 0));
    }
    if (planned.some(({ truncated }) => truncated)) this.#cut += 1;
    if (turns.some(({ droppedTurns }) => droppedTurns > 0)) this.#shortened += 1;
  }

  #addUnscorable(spans: readonly SpanPlan[], place: string): void {
    const first = spans.find((span) => span.kind === 'unscorable');
    if (first?.kind !== 'unscorable') return;
    const { reason, detail } = first as { reason: UnscorableReason; detail?: string };
    this.#unscorable.add(reason, `${place}: ${detail ?? explainUnscorable(reason, this.#planner.maxLength)}`);
  }

  snapshot(): StudentView {
    return {
      tokens: this.#tokens.snapshot(),
      answerTokens: this.#answerTokens.snapshot(),
      cut: this.#cut,
      shortened: this.#shortened,
      unscorable: this.#unscorable.snapshot(),
    };
  }
}
