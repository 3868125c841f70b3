import { type Conversation, conversationOf, sampleOf } from '../domain/conversation.js';
import type { Sample } from '../domain/sample.js';
import type { Metric, UnscorableReason } from '../domain/score.js';
import type { TargetChoice } from '../options/choices.js';
import { ChatTemplate } from '../prompt/chat/chat-template.js';
import { conversationRenderer, type PromptTemplate } from '../prompt/conversation-renderer.js';
import { isWellFormed } from '../util/json-value.js';
import { type Definition, unscorablePlan } from './definition.js';
import { type ChatPlanSettings, chatTask } from './plan-chat.js';
import { SamplePlanner, textsOf } from './sample-planner.js';
import type { PlannedTask, ScoringTask } from './task.js';

/** What a row is about. */
export type Scorable = Sample | Conversation;

export interface PlannerSettings {
  readonly template: PromptTemplate;
  /** Longest sequence in tokens, start token included. */
  readonly maxLength: number;
  /** See Scorer.startToken. */
  readonly startToken: number;
  /** What of an answer is scored. Default `all`. */
  readonly targets?: TargetChoice | undefined;
  /** The token that ends a turn in the student's own template is scored too. Default false. */
  readonly endOfTurn?: boolean | undefined;
  /** Of an answer in a conversation also say what the last question alone does for it. Default true. */
  readonly hasTurnIfd?: boolean | undefined;
}

/**
 * Plans the spans of samples and conversations, all by one definition and with one template. A conversation that is no more
 * than a question and its answer is a sample; what a template of ours is to show of a sample, the definition says.
 */
export class Planner {
  readonly #definition: Definition;
  /** Undefined when the template is the student's own, in which samples are conversations too. */
  readonly #samples: SamplePlanner | undefined;
  readonly #chats: ChatPlanSettings;
  readonly maxLength: number;

  constructor(definition: Definition, settings: PlannerSettings) {
    const {
      template,
      maxLength,
      startToken,
      targets = 'all',
      endOfTurn = false,
      hasTurnIfd = true,
    } = settings;
    this.#definition = definition;
    this.maxLength = maxLength;
    const isPlain = !(template instanceof ChatTemplate);
    // reasoning that is left out of a target goes into its context, and a sample's has none
    const isWhole = targets === 'all';
    if (isPlain && isWhole)
      this.#samples = new SamplePlanner(definition, { template, maxLength, startToken });
    const renderer = conversationRenderer(template, targets);
    this.#chats = { renderer, includesEndOfTurn: endOfTurn, hasTurnIfd, maxLength, startToken };
  }

  prepare(subject: Scorable, metrics: readonly Metric[]): ScoringTask {
    const conversation = 'turns' in subject ? subject : conversationOf(subject);
    const sample = 'turns' in subject ? sampleOf(subject) : subject;
    if (sample !== undefined && this.#samples !== undefined)
      return sampleTask(this.#samples, sample, metrics);
    const isSample = sample !== undefined;
    if (this.#definition.name !== 'exact') return decided('not_a_sample', metrics);
    if (!isReadable(conversation)) return decided('lone_surrogate', metrics);
    const task = chatTask(conversation, metrics, this.#chats);
    return isSample ? withoutTurns(task, metrics) : task;
  }
}

function sampleTask(planner: SamplePlanner, sample: Sample, metrics: readonly Metric[]): ScoringTask {
  const task = planner.prepare(sample, metrics);
  return {
    kind: 'task',
    texts: textsOf(task).map((text) => ({ text, options: planner.tokenize })),
    plan: (ids) => ({ kind: 'sample', metrics: planner.plan(task, ids) }),
  };
}

/** The only turn's metrics as a sample's. */
function withoutTurns(task: ScoringTask, metrics: readonly Metric[]): ScoringTask {
  return {
    ...task,
    plan(ids) {
      const planned = task.plan(ids);
      if (planned.kind === 'task') return withoutTurns(planned, metrics);
      if (planned.kind === 'sample') return planned;
      const own = planned.turns[0]!.metrics;
      return {
        kind: 'sample',
        metrics: metrics.map((metric) => ({
          metric,
          plan: own.find((turnMetric) => turnMetric.metric === metric)!.plan,
        })),
      };
    },
  };
}

function decided(reason: UnscorableReason, metrics: readonly Metric[]): ScoringTask {
  const planned: PlannedTask = {
    kind: 'sample',
    metrics: metrics.map((metric) => ({ metric, plan: unscorablePlan(reason) })),
  };
  return { kind: 'task', texts: [], plan: () => planned };
}

function isReadable({ turns }: Conversation): boolean {
  return turns.every(({ text, input, reasoning }) => [text, input, reasoning].every(isWellFormed));
}
