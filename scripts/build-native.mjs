// Builds the addon, and on request llama.cpp's CPU back end for this machine.
//
//   node scripts/build-native.mjs               the addon, on node-llama-cpp's prebuilt libraries
//   node scripts/build-native.mjs --if-needed   the same, unless one of these very sources is there, built here or prebuilt
//   node scripts/build-native.mjs --source      also the CPU back end from the bundled source, tuned for this machine
//   node scripts/build-native.mjs --source=full all of llama.cpp from the bundled source, and the addon on it
//   node scripts/build-native.mjs --server      llama.cpp's own server, for the tests of teachers (half an hour)
//   node scripts/build-native.mjs --test        the core's own tests (vitest runs them)
//   node scripts/build-native.mjs --test=address  the same under AddressSanitizer and UndefinedBehaviorSanitizer
//   node scripts/build-native.mjs --test=thread   the same under ThreadSanitizer
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { chooseAddon, loadAddon, recordOf, sourcesHash, writeAddonRecord } from './native-addon.mjs';
import {
  addonDirectory,
  addonFile,
  buildDirectory,
  bundle,
  bundledRelease,
  fullDirectory,
  librariesDirectory,
  packageDirectory,
  root,
  serverDirectory,
  serverFile,
  sourceDirectory,
  tunedCpuFile,
  writeFullRelease,
} from './native-paths.mjs';

const known = [
  '--if-needed',
  '--source',
  '--source=full',
  '--server',
  '--test',
  '--test=address',
  '--test=thread',
];
const flags = new Set(process.argv.slice(2));
for (const flag of flags) {
  if (!known.includes(flag)) fail(`unknown option ${flag}; known are ${known.join(', ')}`);
}

function fail(message) {
  console.error(`build-native: ${message}`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { stdio: 'inherit', cwd: root, ...options });
  if (result.error?.code === 'ENOENT')
    fail(`${command} is not installed; install it and run: npm run build:native`);
  if (result.status !== 0) fail(`${command} ${args[0]} failed (status ${result.status ?? result.signal})`);
}

/** Whether the addon that would be used was built from the sources as they are. */
function isUpToDate() {
  const { file } = chooseAddon();
  return file !== undefined && recordOf(file).sources === sourcesHash();
}

/** Checks llama.cpp out of the bundle: the headers, or everything when it is to be compiled. */
function extractSource(everything) {
  if (!bundle || !existsSync(bundle)) fail('node-llama-cpp is not installed; run: npm ci');
  const stamp = join(sourceDirectory, '.extracted');
  const wanted = `${bundledRelease()} ${everything ? 'all' : 'headers of back ends'}`;
  const present = existsSync(stamp) ? readFileSync(stamp, 'utf8') : '';
  if (present === wanted || present === `${bundledRelease()} all`) return;

  const fresh = `${sourceDirectory}.${process.pid}`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(buildDirectory, { recursive: true });
  run('git', ['clone', '--quiet', '--no-checkout', bundle, fresh]);
  const paths = everything ? ['.'] : ['include', 'ggml/include', 'ggml/src/ggml-backend-impl.h'];
  run('git', ['-C', fresh, '-c', 'advice.detachedHead=false', 'checkout', '--quiet', 'HEAD', '--', ...paths]);
  rmSync(join(fresh, '.git'), { recursive: true, force: true });
  writeFileSync(join(fresh, '.extracted'), wanted);
  rmSync(sourceDirectory, { recursive: true, force: true });
  renameSync(fresh, sourceDirectory);
}

function cmake(source, directory, definitions, targets) {
  run('cmake', ['-S', source, '-B', directory, '-DCMAKE_BUILD_TYPE=Release', ...definitions], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  buildTargets(directory, targets);
}

/** @param targets none builds all that is built by default */
function buildTargets(directory, targets) {
  const jobs = ['--parallel', String(availableParallelism())];
  const named = targets.flatMap((target) => ['--target', target]);
  run('cmake', ['--build', directory, '--config', 'Release', ...jobs, ...named]);
}

const machineFlags = ['-DGGML_NATIVE=OFF', '-DGGML_OPENMP=OFF', '-DBUILD_SHARED_LIBS=ON'];
const tuned = process.arch === 'arm64' && process.platform === 'linux' ? '-mcpu=native' : '-march=native';
// -w: the warnings of somebody else's code are of no use to whoever builds this
const tunedFlags = [`-DCMAKE_C_FLAGS=${tuned} -w`, `-DCMAKE_CXX_FLAGS=${tuned} -w`];

/** ggml-cpu alone, as a plugin for the prebuilt stack: that is where the time of a CPU student goes. */
function buildTuned() {
  extractSource(true);
  const directory = join(buildDirectory, 'tuned-cmake');
  cmake(
    sourceDirectory,
    directory,
    [
      ...machineFlags,
      ...tunedFlags,
      '-DGGML_BACKEND_DL=ON',
      '-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON',
      '-DLLAMA_CURL=OFF',
    ],
    ['ggml-cpu'],
  );
  const built = join(directory, 'bin', `libggml-cpu${process.platform === 'darwin' ? '.dylib' : '.so'}`);
  // ggml names modules .so on every platform but Windows
  const file = existsSync(built) ? built : join(directory, 'bin', 'libggml-cpu.so');
  mkdirSync(dirname(tunedCpuFile), { recursive: true });
  renameSync(file, tunedCpuFile);
  console.log(`built for this machine: ${tunedCpuFile}`);
}

/** Everything, for a platform node-llama-cpp has no binaries for. */
function buildFull() {
  extractSource(true);
  const directory = join(buildDirectory, 'llama-full-cmake');
  cmake(
    sourceDirectory,
    directory,
    [
      ...machineFlags,
      ...tunedFlags,
      '-DLLAMA_CURL=OFF',
      '-DLLAMA_BUILD_TESTS=OFF',
      '-DLLAMA_BUILD_TOOLS=OFF',
      '-DLLAMA_BUILD_EXAMPLES=OFF',
      '-DLLAMA_BUILD_COMMON=OFF',
      '-DCMAKE_PLATFORM_NO_VERSIONED_SONAME=ON',
      // the libraries find each other wherever their folder goes
      '-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON',
      `-DCMAKE_INSTALL_RPATH=${process.platform === 'darwin' ? '@loader_path' : '$ORIGIN'}`,
    ],
    ['llama'],
  );
  rmSync(fullDirectory, { recursive: true, force: true });
  renameSync(join(directory, 'bin'), fullDirectory);
  writeFullRelease();
}

/** Not part of the engine: a server that teachers can be tested against for real. */
function buildServer() {
  extractSource(true);
  const parts = ['OPENSSL', 'BUILD_TESTS', 'BUILD_EXAMPLES', 'BUILD_APP', 'BUILD_UI', 'USE_PREBUILT_UI'];
  const leftOut = parts.map((name) => `-DLLAMA_${name}=OFF`);
  cmake(sourceDirectory, serverDirectory, [...machineFlags, ...tunedFlags, ...leftOut], ['llama-server']);
  console.log(`built ${serverFile}`);
}

function libraries() {
  return (
    librariesDirectory() ??
    fail(
      `node-llama-cpp has no prebuilt llama.cpp for ${process.platform}-${process.arch}; run: npm run build:native -- --source=full`,
    )
  );
}

function definitions() {
  return {
    LLAMA_INCLUDE_DIRS: `${join(sourceDirectory, 'include')};${join(sourceDirectory, 'ggml', 'include')}`,
    LLAMA_BACKEND_INCLUDE_DIR: join(sourceDirectory, 'ggml', 'src'),
    LLAMA_LIBRARY_DIR: libraries(),
    NODE_ADDON_API_DIR: packageDirectory('node-addon-api'),
  };
}

function buildAddon() {
  extractSource(false);
  const cmakeJs = join(packageDirectory('cmake-js'), 'bin', 'cmake-js');
  const settings = Object.entries(definitions()).map(([key, value]) => `--CD${key}=${value}`);
  // cmake-js configures a folder once: one that was configured with other settings has to go
  const stamp = join(addonDirectory, 'settings.json');
  const wanted = JSON.stringify(settings);
  if (existsSync(addonDirectory) && (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted)) {
    rmSync(addonDirectory, { recursive: true });
  }
  mkdirSync(addonDirectory, { recursive: true });
  writeFileSync(stamp, wanted);
  run(process.execPath, [
    cmakeJs,
    'build',
    '--directory',
    join(root, 'native'),
    '--out',
    addonDirectory,
    '--parallel',
    String(availableParallelism()),
    '--log-level',
    'error',
    ...settings,
  ]);
  writeAddonRecord(addonFile);
  loadAddon(addonFile);
  console.log(`built ${addonFile}`);
}

/** Why programs built with ThreadSanitizer do not run here; undefined when they do. */
function threadSanitizerMissing() {
  const directory = join(buildDirectory, 'thread-sanitizer');
  const source = join(directory, 'probe.cpp');
  const program = join(directory, 'probe');
  mkdirSync(directory, { recursive: true });
  writeFileSync(source, '#include <sanitizer/tsan_interface.h>\nint main() {}\n');
  const compiler = process.env.CXX ?? 'c++';
  for (const [command, ...args] of [[compiler, '-fsanitize=thread', source, '-o', program], [program]]) {
    const { status, error, stderr, signal } = spawnSync(command, args, { encoding: 'utf8' });
    if (status !== 0)
      return `${command}: ${error?.message ?? (stderr.trim().split('\n', 1)[0] || signal || `status ${status}`)}`;
  }
  return undefined;
}

const TEST_PROGRAMS = ['core_test', 'kernel_test', 'session_test'];

/** The core's tests, with the objects that the addon is linked with; the addon itself is left as it is. */
function testAddonCore() {
  if (!existsSync(join(addonDirectory, 'CMakeCache.txt'))) buildAddon();
  buildTargets(addonDirectory, TEST_PROGRAMS);
}

/** The core's tests with a sanitizer in all of it: `address` or `thread`. */
function testSanitizedCore(sanitizer) {
  const directory = join(buildDirectory, `native-test-${sanitizer}`);
  if (sanitizer === 'thread') {
    const missing = threadSanitizerMissing();
    if (missing !== undefined) {
      rmSync(directory, { recursive: true, force: true });
      console.log(`skipped: no ThreadSanitizer here (${missing})`);
      return;
    }
  }
  extractSource(false);
  const settings = Object.entries(definitions()).map(([key, value]) => `-D${key}=${value}`);
  const own = ['-DSCORING_ADDON=OFF', `-DSCORING_SANITIZE=${sanitizer}`];
  cmake(join(root, 'native'), directory, [...own, ...settings], []);
}

const sanitizers = ['address', 'thread'].filter((one) => flags.has(`--test=${one}`));
if (flags.has('--server')) buildServer();
else if (flags.has('--test') || sanitizers.length > 0) {
  if (flags.has('--test')) testAddonCore();
  for (const sanitizer of sanitizers) testSanitizedCore(sanitizer);
} else if (!flags.has('--if-needed') || !isUpToDate()) {
  if (flags.has('--source=full')) buildFull();
  else if (flags.has('--source')) buildTuned();
  buildAddon();
}
