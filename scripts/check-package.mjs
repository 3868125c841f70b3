// `npm run check:package`: packs the project as `npm publish` would and tries the package as a stranger's: installed into
// an empty folder, with install scripts off and neither compiler nor CMake on the PATH. Needs a registry to install from.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { root } from './native-paths.mjs';

const workspace = mkdtempSync(join(tmpdir(), 'reflection-tuning-package-'));
const project = join(workspace, 'project');
const installed = join(project, 'node_modules', 'reflection-tuning');
const MODEL = 'models/tiny-instruct-5m-f16.gguf';

function fail(message, output = '') {
  console.error(`check-package: ${message}\n${output}`);
  console.error(`what it tried lies in ${workspace}`);
  process.exit(1);
}

function find(command) {
  const folder = process.env.PATH.split(delimiter).find((path) => existsSync(join(path, command)));
  return folder ? join(folder, command) : fail(`${command} is not installed`);
}

/** A PATH with all that an installed package may count on. */
function barePath() {
  const bin = join(workspace, 'bin');
  mkdirSync(bin);
  for (const command of ['node', 'npm', 'npx', 'sh']) symlinkSync(find(command), join(bin, command));
  return bin;
}

/** Runs a command and returns what it wrote; `expected` is the exit status that it must have. */
function run(command, args, { cwd = root, path = process.env.PATH, expected = 0 } = {}) {
  console.log(`$ ${command} ${args.join(' ')}`);
  const env = { ...process.env, PATH: path };
  // those of the npm that runs this script are not a stranger's
  for (const name of Object.keys(env)) if (/^npm_/i.test(name) && !/registry/i.test(name)) delete env[name];
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  if (status !== expected) fail(`${command} ${args[0]} ended with status ${status}, not ${expected}`, output);
  return output;
}

function ensure(condition, message, output) {
  if (!condition) fail(message, output);
}

function pack() {
  run(process.execPath, ['scripts/prebuild.mjs']);
  run('npm', ['pack', '--pack-destination', workspace]);
  const tarball = join(
    workspace,
    readdirSync(workspace).find((name) => name.endsWith('.tgz')),
  );
  run(join('node_modules', '.bin', 'publint'), ['run', tarball, '--strict']);
  run(join('node_modules', '.bin', 'attw'), [tarball, '--profile', 'esm-only']);
  return tarball;
}

function install(tarball, path) {
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball], { cwd: project, path });
  for (const folder of ['models', 'examples']) {
    symlinkSync(join(installed, folder), join(project, folder), 'junction');
  }
}

/** What needs no compiler works, and what needs an install script of another package says so. */
function tryCommands(path) {
  const cli = (args, expected = 0) =>
    run('npx', ['--no-install', 'reflection-tuning', ...args], { cwd: project, path, expected });
  const student = ['--student', MODEL];

  const doctor = cli(['doctor']);
  ensure(doctor.includes(join('prebuilds', `${process.platform}-${process.arch}`)), 'not prebuilt', doctor);
  for (const name of ['a', 'b']) {
    cli(['score', 'examples/instructions.jsonl', ...student, '--limit', '3', '-o', `${name}.jsonl`]);
  }
  const lines = readFileSync(join(project, 'a.jsonl'), 'utf8').trim().split('\n').map(JSON.parse);
  ensure(lines.length === 3, `score wrote ${lines.length} lines instead of 3`);
  cli(['compare', 'a.jsonl', 'b.jsonl']);
  cli(['select', '--import-scores', 'a.jsonl', '--top', '50', '-o', 'top.jsonl']);

  const teacher = ['--teacher', `gguf:${MODEL}`, '--limit', '1', '-o', 'recycled'];
  const refused = cli(['run', 'examples/instructions.jsonl', ...student, ...teacher], 2);
  ensure(refused.includes('npm rebuild better-sqlite3'), '`run` without SQLite does not say so', refused);
}

/** The install script has nothing to do; an addon that does not fit, or none, is refused by name. */
function tryAddons(path) {
  const doctor = () =>
    run('npx', ['--no-install', 'reflection-tuning', 'doctor'], { cwd: project, path, expected: 2 });
  run('node', ['scripts/build-native.mjs', '--if-needed'], { cwd: installed, path });
  ensure(!existsSync(join(installed, 'build')), 'the install script built something');

  const prebuilt = join(installed, 'prebuilds', `${process.platform}-${process.arch}`);
  const record = join(prebuilt, 'reflection_tuning.json');
  const kept = readFileSync(record, 'utf8');
  writeFileSync(record, JSON.stringify({ ...JSON.parse(kept), llamaCpp: 'v9.9.9' }));
  const other = doctor();
  ensure(other.includes('llama.cpp v9.9.9'), 'an addon of another llama.cpp is not named', other);
  writeFileSync(record, kept);

  cpSync(prebuilt, join(workspace, 'kept'), { recursive: true });
  rmSync(prebuilt, { recursive: true });
  const missing = doctor();
  for (const part of ['npm rebuild reflection-tuning', 'npm install-scripts approve', 'npm run prebuild']) {
    ensure(missing.includes(part), `without an addon nobody is told of ${part}`, missing);
  }
  cpSync(join(workspace, 'kept'), prebuilt, { recursive: true });
}

/** Every TypeScript example of the documentation compiles as strictly as can be; those that can run here do. */
function tryExamples(path) {
  const docs = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => join('docs', name))];
  const examples = docs
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) => [...readFileSync(join(root, name), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)])
    .map(([, code], i) => ({ name: `example-${i + 1}`, code }));
  ensure(examples.length > 0, 'the documentation has no examples');
  for (const { name, code } of examples) writeFileSync(join(project, `${name}.ts`), code);
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        ...{ target: 'es2022', lib: ['es2023', 'esnext.disposable'], module: 'nodenext', outDir: 'compiled' },
        ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true },
        ...{ verbatimModuleSyntax: true, typeRoots: [join(root, 'node_modules', '@types')], types: ['node'] },
      },
      include: ['example-*.ts'],
    }),
  );
  const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.json'], {
    cwd: project,
    encoding: 'utf8',
  });
  // declarations of other packages have errors of their own
  const ours = stdout
    .split('\n')
    .filter((line) => /^(example-|node_modules\/reflection-tuning\/)/.test(line));
  ensure(ours.length === 0, 'the examples of the documentation do not compile', ours.join('\n'));
  const runnable = examples.filter(({ code }) => {
    const models = [...code.matchAll(/'([^']+\.gguf)'/g)];
    return (
      models.every(([, file]) => existsSync(join(project, file))) && !/openai:|^export default/m.test(code)
    );
  });
  ensure(runnable.length > 0, 'no example of the documentation can be run with what is shipped');
  // what `npm rebuild better-sqlite3` would put there
  const sqlite = join('node_modules', 'better-sqlite3', 'build');
  cpSync(join(root, sqlite), join(project, sqlite), { recursive: true });
  for (const { name } of runnable) {
    console.log(run('node', [join('compiled', `${name}.js`)], { cwd: project, path }));
  }
}

const path = barePath();
install(pack(), path);
tryCommands(path);
tryAddons(path);
tryExamples(path);
rmSync(workspace, { recursive: true });
console.log('the package installs and runs without a compiler, and its examples compile');
