import fc from 'fast-check';
import type { Field } from '../../src/columns/field-type.js';

/** Columns of every type that is added, and values for them. */
export const FIELDS: readonly Field[] = [
  { name: 'text', type: { kind: 'string' } },
  { name: 'number', type: { kind: 'double' } },
  { name: 'count', type: { kind: 'integer' } },
  { name: 'is', type: { kind: 'boolean' } },
  {
    name: 'turns',
    type: {
      kind: 'list',
      element: {
        kind: 'struct',
        members: [
          { name: 'a', type: { kind: 'integer' } },
          { name: 'b', type: { kind: 'list', element: { kind: 'double' } } },
        ],
      },
    },
  },
];

const none = fc.constant(null);
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((x) => !Object.is(x, -0));
const element = fc.record({
  a: fc.oneof(none, fc.integer()),
  b: fc.oneof(none, fc.array(fc.oneof(none, double), { maxLength: 3 })),
});
export const anyFields = fc.record({
  text: fc.oneof(none, fc.string({ unit: 'binary' })),
  number: fc.oneof(none, double),
  count: fc.oneof(none, fc.maxSafeInteger()),
  is: fc.oneof(none, fc.boolean()),
  turns: fc.oneof(none, fc.array(fc.oneof(none, element), { maxLength: 3 })),
});

/** What becomes of each of forty rows: left out, or kept with these fields and maybe with another text in a turn. */
const choice = fc.option(fc.record({ fields: anyFields, turn: fc.option(fc.nat(3), { nil: undefined }) }), {
  nil: undefined,
});
export const anyChoices = fc
  .oneof(
    fc.array(choice, { minLength: 40, maxLength: 40 }),
    fc.array(choice, { minLength: 1, maxLength: 40 }),
    fc.array(
      anyFields.map((fields) => ({ fields, turn: undefined })),
      { minLength: 40, maxLength: 40 },
    ),
  )
  .filter((choices) => choices.some((one) => one !== undefined));
