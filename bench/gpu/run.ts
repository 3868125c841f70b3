/** `npm run bench:gpu`: IFD on a GPU over rows with Alpaca's lengths; writes GPU.md. See scripts/gpu-check.sh. */

import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { chooseDevice, type GpuKind, Student } from 'reflection-tuning';
import { flagParser } from '../../src/cli/options/flag-parser.js';
import { GPU_KINDS } from '../../src/options/device-name.js';
import { count, oneOf, someOf } from '../../src/options/value.js';
import { gpt2Model } from '../../test/models/architectures/gpt2-model.js';
import { spmLlamaModel } from '../../test/models/architectures/spm-llama-model.js';
import { cachedGguf } from '../../test/models/gguf/cached-gguf.js';
import { ALPACA_ROWS, alpacaLikeSpans } from './alpaca-lengths.js';

/** Seen from build/bench/bench/gpu, where this file is compiled to. */
const PAGE = fileURLToPath(new URL('../../../../bench/GPU.md', import.meta.url));
/** Rows that are handed over together. */
const WINDOW = 512;

const TYPES = ['F16', 'Q8_0'] as const;
type WeightType = (typeof TYPES)[number];

/** Published shapes, with random weights, and one for trying this program out. */
const SHAPES = {
  tiny: (type: WeightType) => gpt2Model({ layers: 2, width: 64, heads: 2, vocab: 800, context: 1024, type }),
  'gpt2-124m': (type: WeightType) =>
    gpt2Model({ layers: 12, width: 768, heads: 12, vocab: 50_257, context: 1024, type }),
  'llama2-7b': (type: WeightType) =>
    spmLlamaModel({
      ...{ layers: 32, width: 4096, heads: 32, kvHeads: 32, feedForward: 11_008 },
      ...{ vocab: 32_000, context: 4096, type },
    }),
} as const;
const SHAPE_NAMES = Object.keys(SHAPES) as (keyof typeof SHAPES)[];

interface Flags {
  readonly device: GpuKind;
  readonly shapes: readonly (keyof typeof SHAPES)[];
  readonly types: readonly WeightType[];
  readonly rows: number;
}

const flags = new Command('npm run bench:gpu --')
  .requiredOption('--device <name>', GPU_KINDS.join(', '), flagParser(oneOf(GPU_KINDS)))
  .option('--shapes <list>', SHAPE_NAMES.join(', '), flagParser(someOf(SHAPE_NAMES)), [
    'gpt2-124m',
    'llama2-7b',
  ])
  .option('--types <list>', TYPES.join(', '), flagParser(someOf(TYPES)), TYPES)
  .option('--rows <n>', 'rows to score', flagParser(count('rows')), ALPACA_ROWS)
  .parse()
  .opts<Flags>();

const lines: string[] = [];
for (const shape of flags.shapes) {
  for (const type of flags.types) {
    const model = await cachedGguf(
      join(tmpdir(), 'reflection-tuning-bench'),
      `${shape}-${type}`,
      SHAPES[shape](type),
    );
    for (const contexts of [1, 2]) {
      const line = await measure(model, contexts);
      lines.push(`| ${[shape, type, contexts, ...line].join(' | ')} |`);
      console.error(lines.at(-1));
    }
  }
}
await writeFile(PAGE, page(lines));
console.log(`written: ${PAGE}`);

/** Seconds, rows/s, tokens/s of all spans and of those that were decoded, bytes that left the device for each. */
async function measure(model: string, contexts: number): Promise<readonly string[]> {
  await using student = await Student.load({ model, device: flags.device, contexts, maxLength: 1024 });
  const spans = alpacaLikeSpans(flags.rows, student.model.vocabSize);
  // the first decode waits for shaders or graphs
  await student.score(spans.slice(0, 4));
  const before = student.stats();
  const started = performance.now();
  const windows: Promise<unknown>[] = [];
  for (let i = 0; i < spans.length; i += 2 * WINDOW) {
    windows.push(student.score(spans.slice(i, i + 2 * WINDOW)));
    if (windows.length > 2 * contexts) await windows.shift();
  }
  await Promise.all(windows);
  const seconds = (performance.now() - started) / 1000;
  const tokens = spans.reduce((sum, span) => sum + span.tokens.length, 0);
  const after = student.stats();
  const decoded = after.decodedTokens - before.decodedTokens;
  // the sampler head brings three floats of each output row
  const bytes = student.engine.head === 'sampler' ? 12 : 4 * student.model.vocabSize;
  return [
    ...[seconds.toFixed(1), (flags.rows / seconds).toFixed(1), (tokens / seconds).toFixed(0)],
    ...[
      (decoded / seconds).toFixed(0),
      ((bytes * (after.outputRows - before.outputRows)) / tokens).toFixed(1),
    ],
    student.engine.head,
  ];
}

function page(rows: readonly string[]): string {
  const { description, findings } = chooseDevice(flags.device);
  const device = findings.find(({ subject }) => subject === flags.device)?.detail ?? description;
  return `# On a GPU

Measured by \`scripts/gpu-check.sh\` on ${new Date().toISOString().slice(0, 10)}: ${device}.

IFD of ${flags.rows} rows with Alpaca's length statistics (${ALPACA_ROWS} rows are the whole dataset), random weights in the
published shapes, tokens as ids. \`tokens/s\` counts all that one full pass for each span would process; prefixes that
sequences share are decoded once, and \`decoded/s\` counts what was.

| shape | weights | contexts | seconds | rows/s | tokens/s | decoded/s | bytes to the host a token | head |
| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |
${rows.join('\n')}
`;
}
