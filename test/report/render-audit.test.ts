import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderAudit } from '../../src/report/render-audit.js';

const AUDIT = {
  ...{
    row: 3,
    id: 'ex',
    row_key: 'k',
    line: 3,
    outcome: null,
    winner: 'instruction',
    reason: 'response_not_better',
  },
  steps: [
    { kind: 'instruction', chosen: 'instruction', reason: 'only_reflected_scored' },
    { kind: 'response', base: 'instruction', chosen: 'instruction', reason: 'tie' },
  ],
  texts: {
    original: { instruction: 'Name a colour.', input: '', output: 'word '.repeat(200) },
    instruction: { instruction: 'Name two.', input: 'red, green', output: 'Red and green.' },
  },
  scores: {
    original: { ifd: { value: null, reason: 'empty_output' } },
    instruction: { ifd: { value: 0.81234, tokens: 7 }, rifd: { value: 0.5 } },
  },
  reflections: [
    {
      ...{
        variant: 'instruction',
        status: 'candidate',
        reason: null,
        detail: null,
        model: 'm',
        prompt_version: '1',
      },
      ...{ critique: { ambiguity: 'Vague.\u001b[31m' }, raw_text: 'word '.repeat(200) },
      ...{ prompt_tokens: 10, completion_tokens: 5, cost: 0.00002, retries: 1 },
    },
    { variant: 'both', status: 'failed', reason: 'refused', detail: 'The teacher declined.' },
  ],
};

describe('renderAudit', () => {
  it('tells a row’s story', () => {
    const text = renderAudit(AUDIT);
    const lines = text.split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'row 3, id "ex"  rejected: response_not_better (winner: instruction)',
      '  instruction: Name a colour.',
    ]);
    expect(lines.slice(lines.indexOf('decision'), lines.indexOf('decision') + 7)).toEqual([
      'decision',
      '  1. instruction (higher IFD wins): instruction, only the reflected side could be scored',
      '  2. response to instruction (lower r-IFD wins): instruction, both are equal, and what was there stays',
      '',
      'scores',
      '  original    IFD none, empty_output',
      '  instruction IFD 0.8123      r-IFD 0.5000',
    ]);
    expect(text).toContain('m, prompt 1, 15 tokens, 1 retries, cost 0.000020');
    expect(text).toContain('ambiguity: Vague. [31m');
    expect(text).toContain(
      '  new instruction: Name two.\n  new input: red, green\n  new answer: Red and green.\n',
    );
    expect(text).toContain('reflection: both, failed (refused)\n  The teacher declined.\n');
    expect(text).not.toContain('\u001b');
  });

  it('tells of each turn of a conversation', () => {
    const { row, id, ...decided } = AUDIT;
    const text = renderAudit({ row, id, turn: 4, ...decided, other_turns: [{ turn: 2, ...decided }] });
    const titles = text.split('\n').filter((line) => line.includes('turn '));
    expect(titles).toHaveLength(2);
    expect(titles[0]).toMatch(/^row .*, turn 4 {2}/);
    expect(titles[1]).toMatch(/^turn 2 {2}/);
    expect(text.match(/^decision$/gm)).toHaveLength(2);
  });

  it('tells of a row that was unusable', () => {
    const audit = {
      row: 1,
      id: null,
      line: 1,
      outcome: null,
      winner: null,
      reason: 'malformed_json',
      detail: 'Bad.',
    };
    expect(renderAudit(audit)).toBe('row 1  rejected: malformed_json\n  Bad.\n');
  });

  it('keeps control characters of a teacher off the terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (raw_text) => {
        const reflections = [{ ...AUDIT.reflections[0], raw_text, critique: { relevance: raw_text } }];
        expect(renderAudit({ ...AUDIT, reflections })).not.toMatch(/[^\P{Cc}\n]/u);
      }),
    );
  });
});
