import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatScore } from '../../src/domain/chat-score.js';
import {
  firstUnscorable,
  isTruncated,
  METRICS,
  type Spans,
  scoredMetric,
  spansOf,
} from '../../src/domain/score.js';
import { loss, SPAN_NAMES } from '../../src/domain/span-score.js';
import { scoreRow } from '../../src/output/scores/score-row.js';
import { spellRow } from '../../src/output/spell-row.js';
import { ScoreSummary } from '../../src/report/summarize.js';
import { readScoreLine } from '../../src/scores/read-score-line.js';
import { scoreOfSpans } from '../helpers/score-of-spans.js';
import { rowOf } from '../output/row-of.js';

describe('readScoreLine', () => {
  it('finds in a line what was written into it, but for the last bit of a sum', () => {
    const anySpan = fc.record({
      sumLogprob: fc.double({ min: -1e4, max: 0, noNaN: true }),
      tokenCount: fc.integer({ min: 1, max: 4096 }),
    });
    const anySpans: fc.Arbitrary<Spans> = fc.record(
      Object.fromEntries(SPAN_NAMES.map((name) => [name, anySpan])),
      { requiredKeys: [] },
    );
    const anyMetrics = fc.subarray([...METRICS], { minLength: 1 });
    fc.assert(
      fc.property(anySpans, anyMetrics, fc.boolean(), (given, metrics, truncated) => {
        const score = scoreOfSpans(given, { metrics, truncated, reason: 'not_finite', detail: 'Huge.' });
        const line = spellRow(scoreRow(rowOf('{"instruction":"a"}'), score, { perToken: false }));
        const read = readScoreLine(line, metrics);
        expect(Object.keys(read.metrics)).toEqual(metrics);
        expect(isTruncated(read)).toBe(truncated);
        expect(firstUnscorable(read)).toEqual(
          firstUnscorable(score) && expect.objectContaining({ detail: 'Huge.' }),
        );
        const [written, found] = [spansOf(score), spansOf(read)];
        expect(Object.keys(found)).toEqual(Object.keys(written));
        for (const [name, span] of Object.entries(written)) {
          const again = found[name as keyof Spans]!;
          expect(again.tokenCount).toBe(span.tokenCount);
          expect(Math.abs(loss(again) - loss(span))).toBeLessThanOrEqual(1e-12 * loss(span));
        }
      }),
    );
  });

  it.each([0, 2])('finds out whether a conversation was shown without %i of its turns', (droppedTurns) => {
    const span = { sumLogprob: -1, tokenCount: 1 };
    const score = chatScore(
      [{ turn: 3, droppedTurns, metrics: { ifd: scoredMetric(span, span, false) } }],
      ['ifd'],
    );
    const line = spellRow(scoreRow(rowOf('{"messages":[]}'), score, { perToken: false }));
    const summary = new ScoreSummary();
    for (const each of [score, readScoreLine(line, ['ifd'])]) summary.add(each);
    expect(summary.snapshot().shortened).toBe(droppedTurns > 0 ? 2 : 0);
  });
});
