import { describe, expect, it } from 'vitest';
import type { Inspection } from '../../src/pipeline/inspect-dataset.js';
import { BRACKETS, renderInspection } from '../../src/report/render-inspection.js';

const piece = (text: string, kind: 'target' | 'template' | 'text' = 'text') => ({
  text,
  ...{ isTarget: kind === 'target', isTemplate: kind === 'template' },
});

const INSPECTION: Inspection = {
  ...{
    dataset: 'rows.jsonl',
    name: 'rows.jsonl',
    format: 'jsonl',
    template: 'chat:chatml',
    student: undefined,
  },
  found: {
    layout: { name: 'messages', columns: { messages: 'turns' }, tags: {} },
    ...{ rows: 2, matching: 2, unused: ['id'] },
  },
  profile: {
    ...{
      rows: 1000,
      sequences: [{ roles: 'user assistant', rows: 999 }],
      targets: 999,
      masked: 1,
      withTools: 0,
    },
    characters: {},
    unscorable: [{ reason: 'missing_field', rows: 1, example: 'rows.jsonl:7: name it with `map` x=y.' }],
  },
  shown: [
    {
      ...{ line: 1, problem: undefined },
      pieces: [piece('<user>', 'template'), piece('Hi\u001b[31m.'), piece('Hello.', 'target')],
    },
    { line: 2, pieces: undefined, problem: { reason: 'template_refuses', detail: 'no tools' } },
  ],
};

describe('renderInspection', () => {
  it('tells what is scored from what is not, and lets no text do anything to a terminal', () => {
    const marked = { target: (text: string) => `T(${text})`, template: (text: string) => `t(${text})` };
    expect(renderInspection(INSPECTION, marked)).toContain('t(<user>)Hi␛[31m.T(Hello.)');
    expect(renderInspection(INSPECTION, BRACKETS)).toContain('<user>Hi␛[31m.[[Hello.]]');
  });

  it('names format, layout, who speaks, and reasons with an example in the words of the command line', () => {
    const lines = renderInspection(INSPECTION, BRACKETS).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'rows.jsonl: 1,000 rows, JSON Lines',
      'layout messages: messages in "turns" (2 of the first 2 rows); not used: id',
    ]);
    expect(lines).toContain('user assistant   999  99.9%');
    expect(lines).toContain('999 answers to score; 1 not, by their masks or place');
    expect(lines).toContain('  missing_field: rows.jsonl:7: name it with --map x=y.');
    expect(lines).toContain('template_refuses: no tools');
  });

  it('leaves out the middle of what is long', () => {
    const text = `${'a'.repeat(5000)}z`;
    const shown = [{ line: 1, problem: undefined, pieces: [piece(text)] }];
    const rendered = renderInspection({ ...INSPECTION, shown }, BRACKETS);
    expect(rendered).toContain(`${'a'.repeat(400)} ... 4,451 characters ... ${'a'.repeat(149)}z`);
  });
});
