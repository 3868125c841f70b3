import { describe, expect, it } from 'vitest';
import { showScoredRow } from '../../src/survey/show-scored-row.js';

const OURS = { row_key: '0123456789abcdef', ifd_ppl: 0.5, rifd_ppl: null, status: 'scored', detail: null };
const MESSAGES = [
  { role: 'user', content: 'One?' },
  { role: 'assistant', content: 'Two.' },
  { role: 'user', content: 'Three?' },
  { role: 'assistant', content: 'Four.' },
];

describe('a scored row on a page', () => {
  it.each([
    { instruction: 'One?', output: 'Two.' },
    { prompt: 'One?', completion: 'Two.' },
    { messages: MESSAGES.slice(0, 2) },
    {
      conversations: [
        { from: 'human', value: 'One?' },
        { from: 'gpt', value: 'Two.' },
      ],
    },
  ])('is a sample whatever its layout: %j', (own) => {
    const { content } = showScoredRow({ ...own, ...OURS });
    expect(content).toEqual({ kind: 'sample', sample: { instruction: 'One?', input: '', output: 'Two.' } });
  });

  it('shows a chat by turns, each with its own figures or the reason why it has none', () => {
    const turns = [
      {
        turn: 2,
        ifd_ppl: 0.25,
        ifd_turn_ppl: null,
        rifd_ppl: 0.75,
        reason: null,
        logprobs_A_condition: [-1],
        logprobs_A_direct: [-2],
      },
      { turn: 4, ifd_ppl: null, rifd_ppl: null, reason: 'empty_output' },
    ];
    const messages = [{ role: 'system', content: 'Be brief.' }, ...MESSAGES];
    const { content, fields } = showScoredRow({ messages, source: 'here', ...OURS, turns });
    expect(content).toEqual({
      kind: 'chat',
      turns: [
        { role: 'system', text: 'Be brief.', figures: {} },
        { role: 'user', text: 'One?', figures: {} },
        {
          role: 'assistant',
          text: 'Two.',
          figures: { IFD: 0.25, 'r-IFD': 0.75 },
          tokens: { conditioned: [-1], direct: [-2] },
        },
        { role: 'user', text: 'Three?', figures: {} },
        { role: 'assistant', text: 'Four.', figures: {}, reason: 'empty_output' },
      ],
    });
    expect(fields).toEqual([
      ['source', 'here'],
      ['status', 'scored'],
    ]);
  });

  it('shows both answers of a preference', () => {
    const { content } = showScoredRow({ prompt: 'One?', chosen: 'Two.', rejected: 'Ten.', ...OURS });
    expect(content).toMatchObject({
      turns: [
        { role: 'user', text: 'One?' },
        { role: 'assistant', text: 'Two.' },
        { role: 'rejected', text: 'Ten.' },
      ],
    });
  });

  it('stands as it is where it holds nothing that is known', () => {
    const { content } = showScoredRow({ row_text: '{"broken', ...OURS });
    expect(content).toEqual({ kind: 'other', text: '{"broken' });
    expect(showScoredRow({ a: 1, ...OURS }).content).toEqual({ kind: 'other', text: '{\n  "a": 1\n}' });
  });

  it('brings its tokens with it, unless the two lists do not go together', () => {
    const logprobs = { logprobs_A_condition: [-1, -2], logprobs_A_direct: [-3, -4] };
    expect(showScoredRow({ ...OURS, ...logprobs }).tokens).toEqual({
      conditioned: [-1, -2],
      direct: [-3, -4],
    });
    expect(showScoredRow({ ...OURS, ...logprobs, logprobs_A_direct: [-3, null] }).tokens).toBeUndefined();
    expect(showScoredRow({ ...OURS, ...logprobs, logprobs_A_direct: [-3] }).tokens).toBeUndefined();
  });
});
