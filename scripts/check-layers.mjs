// Checks that imports in src/ go one way: the table below is the one in ARCHITECTURE.md. Exits 1 with every
// import that breaks it, and on a cycle between files.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from './native-paths.mjs';

const src = join(root, 'src');

/** What each folder may import besides itself; files named in full may be imported where their folder may not. */
const allowed = {
  'errors.ts': [],
  util: ['errors.ts'],
  domain: ['errors.ts', 'util'],
  options: ['errors.ts', 'util', 'domain'],
  layout: ['errors.ts', 'util', 'options', 'domain'],
  columns: ['util', 'domain'],
  dataset: ['errors.ts', 'util', 'domain', 'layout', 'columns'],
  prompt: ['errors.ts', 'util', 'options', 'domain'],
  output: ['errors.ts', 'util', 'domain', 'options', 'columns', 'layout/edit-turn.ts', 'dataset/row.ts'],
  selection: ['errors.ts', 'util', 'options', 'domain'],
  gguf: ['errors.ts', 'util'],
  engine: [
    'errors.ts',
    'util',
    'options',
    'gguf',
    '../scripts/native-paths.mjs',
    '../scripts/native-addon.mjs',
  ],
  teacher: ['errors.ts', 'util', 'options', 'gguf'],
  scoring: ['errors.ts', 'util', 'domain', 'options', 'prompt', 'engine/scorer.ts'],
  reflection: [
    'errors.ts',
    'util',
    'domain',
    'options',
    'teacher/teacher.ts',
    'teacher/reply/reply-schema.ts',
  ],
  scores: ['errors.ts', 'util', 'domain', 'options', 'dataset', 'selection'],
  reference: ['errors.ts', 'util', 'domain', 'options', 'dataset', 'output', 'selection', 'scores'],
  comparison: ['errors.ts', 'util', 'domain', 'options', 'selection', 'scores'],
  select: ['errors.ts', 'util', 'domain', 'options', 'dataset', 'output', 'selection', 'scores', 'reference'],
  report: [
    'errors.ts',
    'util',
    'domain',
    'options',
    'dataset/ignored-fields.ts',
    'layout/detect-layout.ts',
    'inspection',
    'pipeline/inspect-dataset.ts',
    'comparison/compare-scores.ts',
    'recycle/check-teacher.ts',
    'recycle/outputs/run-summary.ts',
    'recycle/run/run-state.ts',
    'recycle/run/run-status.ts',
    'select/select.ts',
    'estimate/estimate.ts',
    'estimate/interval.ts',
    'teacher/teacher.ts',
    'teacher/openai/chat/dialect.ts',
    'teacher/openai/pacing/rate-limit-headers.ts',
  ],
  inspection: [
    'errors.ts',
    'util',
    'domain',
    'options',
    'prompt',
    'report/quantile-sketch.ts',
    'scoring',
    'engine/scorer.ts',
  ],
  survey: [
    'errors.ts',
    'util',
    'domain',
    'options',
    'layout',
    'dataset',
    'output',
    'selection',
    'scores',
    'comparison',
    'report',
    'recycle',
  ],
  estimate: ['*'],
  page: ['errors.ts', 'util', 'domain', 'options', 'gguf', 'output', 'prompt', 'engine', 'scoring', 'survey'],
  pipeline: ['*'],
  recycle: ['*'],
  cli: ['*'],
  'index.ts': ['*'],
};

/** Folders at the end of the flow: they may import everything, nothing imports them. */
const last = ['cli', 'index.ts'];

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));

function importsOf(file) {
  const text = readFileSync(join(src, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path]) =>
    relative(src, join(src, dirname(file), path))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts'),
  );
}

const layerOf = (file) => (file.includes('/') ? file.split('/')[0] : file);
const problems = [];
const graph = new Map(files.map((file) => [file, importsOf(file)]));

for (const [file, imports] of graph) {
  const layer = layerOf(file);
  const may = allowed[layer];
  if (!may) {
    problems.push(`${file}: folder ${layer} is not in the table of scripts/check-layers.mjs`);
    continue;
  }
  for (const target of imports) {
    if (!graph.has(target) && !target.startsWith('..'))
      problems.push(`${file} imports ${target}, which does not exist`);
    const to = layerOf(target);
    const isWithin = to === layer;
    const ok =
      isWithin || (!last.includes(to) && (may.includes('*') || may.includes(to) || may.includes(target)));
    if (!ok) problems.push(`${file} imports ${target}: ${layer} may not import ${to}`);
  }
  if (imports.includes('../scripts/native-addon.mjs') && file !== 'engine/native-binding.ts')
    problems.push(`${file} loads the addon; only engine/native-binding.ts may`);
}

/** The folders of native/ from the bottom up, and headers that a folder must do without. */
const nativeFolders = ['kernels', 'core', 'addon'];
const forbiddenHeaders = { kernels: /^(llama|napi)/, core: /^napi|napi-setup/, addon: /^$/ };

for (const [rank, folder] of nativeFolders.entries()) {
  for (const name of readdirSync(join(root, 'native', folder))) {
    const text = readFileSync(join(root, 'native', folder, name), 'utf8');
    for (const [, header] of text.matchAll(/^#include\s+["<]([^">]+)/gm)) {
      const [, other] = /^\.\.\/(\w+)\//.exec(header) ?? [];
      const isUpward = other !== undefined && nativeFolders.indexOf(other) > rank;
      if (isUpward || forbiddenHeaders[folder].test(header))
        problems.push(`native/${folder}/${name} includes ${header}, which ${folder} must not know`);
    }
  }
}

const state = new Map();
function visit(file, path) {
  if (state.get(file) === 'done') return;
  if (state.get(file) === 'open') {
    problems.push(`cycle: ${[...path.slice(path.indexOf(file)), file].join(' -> ')}`);
    return;
  }
  state.set(file, 'open');
  for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
  state.set(file, 'done');
}
for (const file of files) visit(file, []);

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`layers: ${files.length} files, no import against the order, no cycle`);
