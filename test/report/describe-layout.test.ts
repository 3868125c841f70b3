import { describe, expect, it } from 'vitest';
import { describeLayout } from '../../src/report/describe-layout.js';

describe('describeLayout', () => {
  it.each([
    [
      { name: 'messages', columns: { messages: 'messages' }, tags: {} },
      { rows: 200, matching: 200, unused: [] },
      'layout messages: messages (200 of the first 200 rows)',
    ],
    [
      { name: 'alpaca', columns: { instruction: 'question', output: 'output' }, tags: {} },
      { rows: 1, matching: 1, unused: ['id', 'kind'] },
      'layout alpaca: instruction in "question", output (1 of the first 1 row); not used: id, kind',
    ],
    [
      { name: 'sharegpt', columns: { messages: 'talk' }, tags: { role: 'who', content: 'what' } },
      { rows: 9, matching: 7, unused: [] },
      'layout sharegpt: messages in "talk", messages with "who" and "what" (7 of the first 9 rows)',
    ],
  ] as const)('%j', (layout, evidence, expected) => {
    expect(describeLayout({ layout, ...evidence })).toBe(expected);
  });

  it('names no more unused columns than anybody reads', () => {
    const unused = Array.from({ length: 40 }, (_, i) => `column${i}`);
    const layout = { name: 'alpaca', columns: {}, tags: {} } as const;
    expect(describeLayout({ layout, rows: 2, matching: 2, unused })).toMatch(/column11 and 28 more$/);
  });
});
