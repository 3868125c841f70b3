import fc from 'fast-check';
import { METRICS } from '../../src/domain/score.js';
import { createTemplate } from '../../src/prompt/template.js';

/** Few characters, so that texts repeat themselves and each other and merges across a seam are common. */
const text = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n', ':', ')', 'é', '🙂'), maxLength });

export const anySample = fc.record({
  instruction: text(12),
  input: fc.oneof(fc.constant(''), text(8)),
  output: text(30),
});

export const anyTemplate = fc.constantFrom(
  createTemplate('framed', 'Q: {instruction}\nA:', 'Q: {instruction}\nI: {input}\nA:'),
  createTemplate('newline', '{instruction}\n', '{instruction}\n{input}\n'),
  createTemplate('bare', '{instruction}', '{instruction}{input}'),
);

export const anyMetrics = fc.subarray([...METRICS], { minLength: 1 });

/** Short for any prompt up to long for the reversed one, whose wording alone has 154 characters. */
export const anyMaxLength = fc.oneof(fc.integer({ min: 2, max: 60 }), fc.integer({ min: 140, max: 240 }));
