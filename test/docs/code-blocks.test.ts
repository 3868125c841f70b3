import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { type Block, blocksOf } from './markdown-blocks.js';
import { PAGES, readPage } from './pages.js';
import { ReaderMachine } from './reader-machine.js';
import { showsOutput } from './shown-output.js';

/** A `ts` block, and the `text` block right behind it, which is what it prints. */
interface Program {
  readonly title: string;
  readonly name: string;
  readonly text: string;
  readonly output: string | null;
}

const programs: readonly Program[] = PAGES.flatMap((page) => {
  const lines = readPage(page).split('\n');
  const blocks = blocksOf(lines.join('\n'));
  return blocks.flatMap((block, i) => {
    if (block.language !== 'ts') return [];
    const next = blocks[i + 1];
    const output = next?.language === 'text' && isRightBehind(block, next) ? next.text : null;
    const name = `${page.replace(/\W/g, '-')}-${block.line}`;
    return [{ title: `${page}, line ${block.line}`, name, text: block.text, output }];
  });
});

function isRightBehind(block: Block, next: Block): boolean {
  return next.line === block.line + block.text.split('\n').length + 3;
}

/** Files that nobody has from this repository alone. */
const needsMore = /Llama-|data\.jsonl/;

let machine: ReaderMachine;
beforeAll(async () => {
  machine = await ReaderMachine.create();
  for (const { name, text } of programs) await writeFile(join(machine.directory, `${name}.ts`), text);
  await writeFile(join(machine.directory, 'package.json'), '{ "type": "module" }');
  const compilerOptions = {
    strict: true,
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    typeRoots: [join(PROJECT_ROOT, 'node_modules', '@types')],
    types: ['node'],
    skipLibCheck: true,
  };
  await writeFile(join(machine.directory, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
});
afterAll(() => machine.remove());

describe('the programs that the pages show', () => {
  it('are accepted by a strict compiler', async ({ signal }) => {
    const tsc = join(PROJECT_ROOT, 'node_modules', '.bin', 'tsc');
    const { code, screen } = await machine.run(`${tsc} -p .`, { signal });
    expect(code, screen).toBe(0);
    for (const { name } of programs) await readFile(join(machine.directory, `${name}.js`));
  });

  const runnable = programs.filter(({ text }) => !needsMore.test(text));
  it.for(runnable)('run: $title', async ({ name, output }, { signal }) => {
    const { code, screen } = await machine.run(`node ${name}.js`, { signal });
    expect(code, screen).toBe(0);
    if (output !== null && !showsOutput(output, screen)) expect(screen).toBe(output);
  });
});
