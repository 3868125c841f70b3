import { TURN_METRICS, type TurnMetric } from '../domain/chat-score.js';
import type { Conversation } from '../domain/conversation.js';
import type { Metric } from '../domain/score.js';
import type { ChatFault, Piece } from '../prompt/rendered-chat.js';
import { PieceTokens, pieceText } from './chat-tokens.js';
import {
  endingWith,
  lastQuestion,
  type TargetView,
  type TurnViews,
  turnViews,
  type ViewSettings,
} from './chat-views.js';
import { type MetricPlan, type SpanSettings, unscorable, unscorablePlan } from './definition.js';
import { planPair, spanAfter } from './exact-definition.js';
import type { PlannedMetric, PlannedTask, PlannedTurn, ScoringTask } from './task.js';

export interface ChatPlanSettings extends ViewSettings, Pick<SpanSettings, 'maxLength' | 'startToken'> {
  /** `ifd_turn` goes with `ifd`. */
  readonly hasTurnIfd: boolean;
}

/**
 * Plans the spans of every answer of a conversation. Contexts of later answers begin with those of earlier ones wherever the
 * template lets them, so that together they take one pass over the conversation. An answer that does not fit behind all
 * that precedes it is shown as many of the latest exchanges as fit, and the system prompt; only when its own question is
 * too much is it cut at the end.
 */
export function chatTask(
  conversation: Conversation,
  metrics: readonly Metric[],
  settings: ChatPlanSettings,
): ScoringTask {
  const tokens = new PieceTokens();
  const planning = planTurns(conversation, askedOfTurns(metrics, settings), tokens, settings);
  const proceed = (): PlannedTask | ScoringTask => {
    const { done, value } = planning.next();
    if (done) return { kind: 'chat', metrics, turns: value };
    return {
      kind: 'task',
      texts: value.map(pieceText),
      plan(ids) {
        tokens.learn(value, ids);
        return proceed();
      },
    };
  };
  const first = proceed();
  return first.kind === 'task' ? first : { kind: 'task', texts: [], plan: () => first };
}

function askedOfTurns(metrics: readonly Metric[], { hasTurnIfd }: ChatPlanSettings): readonly TurnMetric[] {
  return TURN_METRICS.filter((metric) =>
    metric === 'ifd_turn' ? hasTurnIfd && metrics.includes('ifd') : metrics.includes(metric),
  );
}

/** Yields pieces whose tokens have to be known before it goes on. */
type Planning<Result> = Generator<readonly Piece[], Result, void>;

function* planTurns(
  conversation: Conversation,
  asked: readonly TurnMetric[],
  tokens: PieceTokens,
  settings: ChatPlanSettings,
): Planning<readonly PlannedTurn[]> {
  const targets = conversation.turns.flatMap(({ isTarget }, i) => (isTarget ? [i] : []));
  const rendered = settings.renderer.render(conversation);
  if (rendered.kind === 'fault') {
    const plan = faultPlan(rendered);
    const metrics = asked.map((metric) => ({ metric, plan }));
    return targets.map((turn) => ({ turn, droppedTurns: 0, metrics }));
  }
  const views = targets.map((turn) => turnViews(conversation, turn, rendered, settings));
  yield* learn(tokens, views);
  const planned: PlannedTurn[] = [];
  let start = 0;
  for (const [i, turn] of targets.entries()) {
    const shown = yield* shorten({ conversation, turn, start, views: views[i]! }, tokens, settings);
    start = shown.start;
    const { turns } = conversation;
    const question = turns[lastQuestion(conversation, turn) ?? turn]!;
    const isSaid = question.role === 'user' && question.text !== '';
    planned.push({
      turn,
      droppedTurns: start === 0 ? 0 : start - systemLength(conversation),
      metrics: planMetrics(asked, shown.views, isSaid, tokens, settings),
    });
  }
  return planned;
}

/** An answer as it is shown: with the turns from `start` on, 0 being all. */
interface ShownTurn {
  readonly conversation: Conversation;
  readonly turn: number;
  readonly start: number;
  readonly views: TurnViews;
}

/** Leaves out exchanges from the beginning until the answer fits; fewer than before one answer never do before a later. */
function* shorten(shown: ShownTurn, tokens: PieceTokens, settings: ChatPlanSettings): Planning<ShownTurn> {
  const { conversation, turn } = shown;
  let current =
    shown.start === 0 ? shown : yield* showFrom(shown.start, conversation, turn, tokens, settings);
  while (!fits(current.views.whole, tokens, settings)) {
    const next = nextExchange(conversation, turn, current.start);
    if (next === undefined) break;
    current = yield* showFrom(next, conversation, turn, tokens, settings);
  }
  return current;
}

function* showFrom(
  start: number,
  conversation: Conversation,
  turn: number,
  tokens: PieceTokens,
  settings: ChatPlanSettings,
): Planning<ShownTurn> {
  const { turns, tools } = endingWith(conversation, turn);
  const kept = { turns: [...turns.slice(0, systemLength(conversation)), ...turns.slice(start)], tools };
  const rendered = settings.renderer.render(kept);
  const views =
    rendered.kind === 'fault'
      ? { whole: rendered, withoutQuestion: rendered, question: rendered }
      : turnViews(kept, kept.turns.length - 1, rendered, settings);
  yield* learn(tokens, [views]);
  return { conversation, turn, start, views };
}

/** Where the next exchange begins after `start` that can be the first one shown: at the latest the answer's own question. */
function nextExchange(conversation: Conversation, turn: number, start: number): number | undefined {
  const first = Math.max(start, systemLength(conversation));
  const own = lastQuestion(conversation, turn) ?? -1;
  const next = conversation.turns.findIndex(({ role }, i) => i > first && role === 'user');
  return next === -1 || next > own ? undefined : next;
}

function systemLength({ turns }: Conversation): number {
  return turns[0]?.role === 'system' ? 1 : 0;
}

function fits(view: TargetView | ChatFault, tokens: PieceTokens, { maxLength }: ChatPlanSettings): boolean {
  // what cannot be shown does not get better by leaving turns out
  if (view.kind === 'fault') return true;
  return 1 + tokens.of(view.context).length + tokens.of(view.target).length <= maxLength;
}

function* learn(tokens: PieceTokens, views: readonly TurnViews[]): Planning<void> {
  const pieces = views.flatMap(({ whole, withoutQuestion, question }) =>
    [whole, withoutQuestion, question].flatMap((view) =>
      typeof view === 'object' && view.kind === 'view' ? [...view.context, ...view.target] : [],
    ),
  );
  const missing = tokens.missing(pieces);
  if (missing.length > 0) yield missing;
}

function planMetrics(
  asked: readonly TurnMetric[],
  views: TurnViews,
  isAsked: boolean,
  tokens: PieceTokens,
  settings: ChatPlanSettings,
): readonly PlannedMetric<TurnMetric>[] {
  const ifd = planView(views.whole, 'empty_output', 'prompt_too_long', tokens, settings);
  const plans: Record<TurnMetric, () => MetricPlan> = {
    ifd: () => ifd,
    ifd_turn: () => planWithoutQuestion(ifd, views.withoutQuestion, tokens, settings),
    rifd() {
      if (ifd.direct.kind === 'unscorable' && ifd.direct.reason === 'empty_output') return ifd;
      if (!isAsked || views.question === 'no_question') return unscorablePlan('empty_instruction');
      return planView(views.question, 'empty_instruction', 'reverse_prompt_too_long', tokens, settings);
    },
  };
  return asked.map((metric) => ({ metric, plan: plans[metric]() }));
}

function planView(
  view: TargetView | ChatFault,
  empty: 'empty_output' | 'empty_instruction',
  tooLong: 'prompt_too_long' | 'reverse_prompt_too_long',
  tokens: PieceTokens,
  settings: ChatPlanSettings,
): MetricPlan {
  if (view.kind === 'fault') return faultPlan(view);
  if (view.target.length === 0) return unscorablePlan(empty);
  return planPair(tokens.of(view.context), tokens.of(view.target), settings, tooLong);
}

/** The answer's span after all that precedes it, over its span after all but the question; both cut alike. */
function planWithoutQuestion(
  ifd: MetricPlan,
  view: TurnViews['withoutQuestion'],
  tokens: PieceTokens,
  { maxLength, startToken }: ChatPlanSettings,
): MetricPlan {
  const { conditioned, direct } = ifd;
  if (conditioned.kind === 'unscorable' || direct.kind === 'unscorable') return ifd;
  if (view === 'no_question') return unscorablePlan('empty_instruction');
  if (view === 'alone') return ifd;
  if (typeof view === 'object' && view.kind === 'fault') {
    return { conditioned, direct: unscorable(view.reason, view.problem) };
  }
  const context = tokens.of(view.context);
  const kept = tokens.of(view.target).subarray(0, conditioned.end - conditioned.begin);
  if (1 + context.length + kept.length > maxLength)
    return { conditioned, direct: unscorable('prompt_too_long') };
  return { conditioned, direct: spanAfter(startToken, context, kept, conditioned.truncated) };
}

function faultPlan({ reason, problem }: ChatFault): MetricPlan {
  return unscorablePlan(reason, problem);
}
