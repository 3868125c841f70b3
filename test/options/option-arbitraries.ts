import fc from 'fast-check';
import type { CommandName } from '../../src/options/option.js';
import { flagOf } from '../../src/options/option-name.js';
import { type OptionName, optionNamed, optionsOf } from '../../src/options/option-table.js';
import type { Value } from '../../src/options/value.js';

/** Texts of a form of their own, which no chance would hit upon. */
const FORMS = [
  'auto',
  'cpu',
  'cuda:1',
  'metal',
  'openai:gpt',
  'gguf:a b.gguf',
  'replay:x.jsonl',
  'X-Y: z',
  '2026-01-31',
];

const anyText = fc.oneof(fc.constantFrom(...FORMS), fc.string({ unit: 'grapheme', minLength: 1 }));
/** A comma would end it. */
const anyMember = anyText.map((text) => text.replaceAll(',', '').trim()).filter((text) => text !== '');
const anyNumber = fc
  .oneof(
    fc.integer({ min: -2, max: 3000 }),
    fc.double({ noNaN: true }),
    fc.constant(Number.POSITIVE_INFINITY),
  )
  .map((number) => (number === 0 ? 0 : number)); // no option tells -0 from 0

/** Any value that an option takes. */
export function anyValueOf({ spelling, schema, choices }: Value<unknown>): fc.Arbitrary<unknown> {
  const member = choices === undefined ? anyMember : fc.constantFrom(...choices);
  const candidates: Record<Value<unknown>['spelling'], fc.Arbitrary<unknown>> = {
    switch: fc.constant(true),
    text: choices === undefined ? anyText : fc.constantFrom(...choices),
    whole: anyNumber,
    number: anyNumber,
    list: fc.array(member, { minLength: 1, maxLength: 3 }),
    json: fc.dictionary(fc.string(), fc.jsonValue()).map((object) => JSON.parse(JSON.stringify(object))),
    words: fc.array(
      anyText.filter((text) => !text.startsWith('-')),
      { minLength: 1, maxLength: 4 },
    ),
  };
  return candidates[spelling].filter((value) => schema.safeParse(value).success);
}

/** An option of a command that the command line and config files know, with a value. */
export function anySetting(
  command: CommandName,
): fc.Arbitrary<{ readonly name: OptionName; readonly value: unknown }> {
  const settings = optionsOf(command).filter(([, { surface }]) => surface === undefined);
  return fc
    .constantFrom(...settings)
    .chain(([name, option]) => anyValueOf(option.value).map((value) => ({ name, value })));
}

/** How the command line spells an option. */
export function spell(name: OptionName, value: unknown): string[] {
  const { spelling } = optionNamed(name).value;
  if (spelling === 'switch') return [flagOf(name)];
  if (spelling === 'words') return [flagOf(name), ...(value as string[])];
  if (spelling === 'json') return [`${flagOf(name)}=${JSON.stringify(value)}`];
  return [`${flagOf(name)}=${spelling === 'list' ? (value as string[]).join(',') : value}`];
}
