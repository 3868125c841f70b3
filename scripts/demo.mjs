// `npm run demo`: builds what is missing, then the whole loop, without a network, on the shipped example data: the
// shipped student scores it, and recycles some rows with itself as the teacher.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './native-paths.mjs';

const MODEL = 'models/tiny-instruct-5m-f16.gguf';
const DATASET = 'examples/instructions.jsonl';
const SCORES = 'demo-output/scores.jsonl';
const RUN = 'demo-output/recycled';
const PAGE = 'demo-output/scores.html';

function run(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}

function reflectionTuning(...args) {
  console.log(`\n$ npx reflection-tuning ${args.join(' ')}\n`);
  run([join('dist', 'cli', 'main.js'), ...args]);
}

run([join('scripts', 'build-native.mjs'), '--if-needed']);
const tsc = join('node_modules', 'typescript', 'bin', 'tsc');
run([tsc, '-p', 'src']);
run([join('scripts', 'bundle-page.mjs')]);
rmSync(join(root, RUN), { recursive: true, force: true });
mkdirSync(join(root, 'demo-output'), { recursive: true });

reflectionTuning('score', DATASET, '--student', MODEL, '-o', SCORES, '--force');

// One thread and one reply at a time, because a model this small gains nothing from more; and every text is ended after
// 40 characters, because it would hardly ever end one by itself.
const teacher = ['--teacher', `gguf:${MODEL}`, '--concurrency', '1', '--max-field-characters', '40'];
reflectionTuning(
  'run',
  DATASET,
  '--student',
  MODEL,
  ...teacher,
  '--threads',
  '1',
  '--limit',
  '16',
  '-o',
  RUN,
);

const [selected = '{"id": 1}'] = readFileSync(join(root, RUN, 'selected.jsonl'), 'utf8')
  .split('\n')
  .filter(Boolean);
reflectionTuning('explain', RUN, String(JSON.parse(selected).id));

reflectionTuning('report', SCORES, '--by', 'kind', '--student', MODEL, '-o', PAGE, '--force');

console.log(`
A page to look at the scores: ${PAGE}
Every row with its scores:  ${SCORES} (made as ${SCORES.replace('.jsonl', '.meta.json')} says)
The rows to train on:       ${RUN}/selected.jsonl
Why the others are not:     ${RUN}/rejected.jsonl, ${RUN}/audit.jsonl

A teacher of five million parameters writes nonsense, and the student refuses most of it. With real models the
second command becomes, for example,

  npx reflection-tuning run data.jsonl --student Llama-3.2-1B-Q8_0.gguf --teacher openai:gpt-4o-mini -o recycled`);
