import { readFile } from 'node:fs/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANALYSIS_FIELDS } from '../../src/reference/analysis.js';
import { readReferenceFile } from '../../src/reference/reference-rows.js';
import { writeWithAnalysis } from '../../src/reference/write-with-analysis.js';
import { parsePythonJson } from '../../src/scores/parse-python-json.js';
import { temporaryDirectory } from './temporary-directory.js';

const { pathOf } = temporaryDirectory();

/** What Python 3.11 writes with `json.dump(records, file, indent=4)` for the records below. */
const WRITTEN_BY_PYTHON = String.raw`[
    {
        "instruction": "Caf\u00e9 \ud83d\ude00 \u2028 \u007f \"q\" \\ / \b\f\n\r\t\u0001",
        "input": "",
        "output": "NaN, Infinity",
        "n": [
            1,
            -2.5,
            1e-05,
            1.5e-07,
            0.0001,
            123456.789
        ],
        "nested": {
            "empty": {},
            "list": [],
            "t": true,
            "f": false,
            "z": null
        },
        "ppl_Q_direct": 1.0,
        "ppl_A_direct": 479.71923828125,
        "ppl_Q_condition": NaN,
        "ppl_A_condition": Infinity,
        "ifd_ppl": 1.0194914068185634,
        "rifd_ppl": 0,
        "loss_Q_direct": 1e-05,
        "loss_A_direct": 1e+16,
        "loss_Q_condition": 1.0000000150474662e+30,
        "loss_A_condition": -Infinity,
        "ifd_loss": 3.0,
        "rifd_loss": 2.5e-10
    },
    {},
    {
        "a": "b"
    }
]`;
const RECORDS = [
  {
    instruction: 'Café 😀 \u2028 \x7f "q" \\ / \b\f\n\r\t\x01',
    input: '',
    output: 'NaN, Infinity',
    n: [1, -2.5, 1e-5, 1.5e-7, 0.0001, 123456.789],
    nested: { empty: {}, list: [], t: true, f: false, z: null },
    ppl_Q_direct: 1,
    ppl_A_direct: 479.71923828125,
    ppl_Q_condition: Number.NaN,
    ppl_A_condition: Number.POSITIVE_INFINITY,
    ifd_ppl: 1.0194914068185634,
    rifd_ppl: 0,
    loss_Q_direct: 1e-5,
    loss_A_direct: 1e16,
    loss_Q_condition: 1.0000000150474662e30,
    loss_A_condition: Number.NEGATIVE_INFINITY,
    ifd_loss: 3,
    rifd_loss: 2.5e-10,
  },
  {},
  { a: 'b' },
];

const written = async (records: Iterable<Record<string, unknown>>): Promise<string> => {
  const path = pathOf('out.json');
  await writeWithAnalysis(path, records);
  return readFile(path, 'utf8');
};

describe('writeWithAnalysis', () => {
  it("writes Python's bytes", async () => {
    expect(await written(RECORDS)).toBe(WRITTEN_BY_PYTHON);
    expect(await written([])).toBe('[]');
  });

  it('writes in ASCII what reads back the same', async () => {
    const number = fc.double().map((value) => (Object.is(value, -0) ? 0 : value));
    const record = fc.dictionary(
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...ANALYSIS_FIELDS)),
      fc.oneof(fc.string({ unit: 'binary' }), number, fc.jsonValue({ maxDepth: 2 }).map(withoutMinusZero)),
      { noNullPrototype: true },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 5 }), async (records) => {
        const text = await written(records);
        expect(text).toMatch(/^[\n -~]*$/);
        expect(parsePythonJson(text)).toEqual(records);
      }),
    );
  });

  it('writes a dataset of many batches', async () => {
    const record = (index: number) => ({ instruction: `${index}`, output: 'x'.repeat(2000) });
    await writeWithAnalysis(
      pathOf('large.json'),
      (function* () {
        for (let index = 0; index < 3000; index++) yield record(index);
      })(),
    );
    const { rows } = await readReferenceFile(pathOf('large.json'));
    expect(rows).toHaveLength(3000);
    expect(rows[2999]?.object).toEqual(record(2999));
  });

  it('keeps the earlier file and names the path when it cannot write', async () => {
    await expect(writeWithAnalysis(pathOf('no/such/out.json'), [])).rejects.toMatchObject({
      code: 'output_unwritable',
      message: expect.stringContaining('out.json'),
    });
    await writeWithAnalysis(pathOf('kept.json'), [{ a: 1 }]);
    const failing = (function* () {
      yield { a: 2 };
      throw new RangeError('the records ran out');
    })();
    await expect(writeWithAnalysis(pathOf('kept.json'), failing)).rejects.toThrow('the records ran out');
    expect((await readReferenceFile(pathOf('kept.json'))).rows[0]?.object).toEqual({ a: 1 });
  });
});

/** JSON has it, Python's integers do not. */
function withoutMinusZero(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
