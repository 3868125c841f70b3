import { describe, expect, it } from 'vitest';
import type { ChatFault } from '../../../../src/teacher/openai/chat/chat-fault.js';
import { withoutReply } from '../../../../src/teacher/openai/chat/chat-fault.js';
import { Patience } from '../../../../src/teacher/openai/pacing/patience.js';
import { ServerHealth } from '../../../../src/teacher/openai/pacing/server-health.js';

const LOADING = withoutReply('loading', 'Loading model.');
const LIMITED = withoutReply('rate_limited', 'Too fast.');
const patience = () => new Patience({ loadingMs: 60_000, rateLimitMs: 300_000 });

describe('patience', () => {
  it('with a server that loads has an end that can be moved', () => {
    const waiting = patience();
    for (let now = 0; now < 60_000; now += 2000) waiting.wait(LOADING, 2000, now);
    expect(() => waiting.wait(LOADING, 2000, 60_000)).toThrow(
      expect.objectContaining({
        code: 'teacher_unreachable',
        message: "The teacher's server is still loading its model after 1 min 0 s. Loading model.",
        remedy: expect.stringContaining('`loadingTimeout`'),
      }),
    );
  });

  it('begins anew once something got through', () => {
    const waiting = patience();
    waiting.wait(LIMITED, 200_000, 0);
    waiting.rewarded();
    waiting.wait(LIMITED, 200_000, 200_000);
    expect(() => waiting.wait(LIMITED, 200_000, 400_000)).toThrow(
      expect.objectContaining({ code: 'teacher_rate_limited' }),
    );
  });

  it('ends before a wait that would be too long, and says how long it would be', () => {
    expect(() => patience().wait(LIMITED, 86_400_000, 0)).toThrow('It asks to be left alone for 24 h 0 min.');
  });
});

describe('a server', () => {
  const away = (said: string): ChatFault => ({ ...withoutReply('bad_request', `It said: ${said}`), said });

  it('that turns all requests away for one reason is given up after three, but not once it has answered', () => {
    const health = new ServerHealth(3);
    for (const words of ['12 too many', '7 too many']) health.turnedAway(away(words));
    expect(() => health.turnedAway(away('900 too many'))).toThrow(
      expect.objectContaining({ code: 'teacher_unusable', message: expect.stringContaining('900 too many') }),
    );
    const answering = new ServerHealth(3);
    answering.answered();
    for (const _ of [1, 2, 3, 4]) answering.turnedAway(away('the same'));
  });

  it('that has another reason for each request is asked on', () => {
    const health = new ServerHealth(3);
    for (const words of ['odd', 'even', 'odd', 'even']) health.turnedAway(away(words));
  });

  it('that gives no answer is given up after so many in a row', () => {
    const health = new ServerHealth(2);
    const silent = withoutReply('timeout', 'No complete reply within 180 s.');
    health.unanswered(silent);
    health.spoke();
    health.unanswered(silent);
    expect(() => health.unanswered(silent)).toThrow(expect.objectContaining({ code: 'teacher_unreachable' }));
  });
});
