// `npm run demo`: builds what is missing, then scores the shipped example with the shipped student.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './native-paths.mjs';

function run(args) {
  const { status } = spawnSync(process.execPath, args, { stdio: 'inherit', cwd: root });
  if (status !== 0) process.exit(status ?? 1);
}

run([join('scripts', 'build-native.mjs'), '--if-needed']);
run([join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'src']);

const output = join('demo-output', 'scores.jsonl');
mkdirSync(join(root, 'demo-output'), { recursive: true });
const command = [
  'score',
  'examples/instructions.jsonl',
  '--student',
  'models/tiny-instruct-5m-f16.gguf',
  '-o',
  output,
  '--force',
];
console.log(`$ npx reflection-tuning ${command.join(' ')}\n`);
run([join('dist', 'cli', 'main.js'), ...command]);
console.log(
  `\nEvery row with its scores: ${output}\nHow they were made:        ${output.replace('.jsonl', '.meta.json')}`,
);
