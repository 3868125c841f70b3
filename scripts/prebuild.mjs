// `npm run prebuild`: builds the addon for the platform this runs on and puts it into prebuilds/, where `npm pack` takes
// it from. Who installs such a package needs no compiler, and no install script to run.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { addonFile, fullDirectory, librariesDirectory, prebuiltAddonFile, root } from './native-paths.mjs';

if (librariesDirectory() === fullDirectory) {
  console.error(
    `prebuild: this addon would need ${fullDirectory}, which is not shipped; delete it to build on node-llama-cpp's libraries`,
  );
  process.exit(1);
}
const { status } = spawnSync(process.execPath, [join('scripts', 'build-native.mjs')], {
  stdio: 'inherit',
  cwd: root,
});
if (status !== 0) process.exit(status ?? 1);

const target = dirname(prebuiltAddonFile);
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const file of [addonFile, addonFile.replace(/\.node$/, '.json')]) {
  cpSync(file, join(target, file.slice(dirname(addonFile).length + 1)));
}
console.log(`prebuilt ${prebuiltAddonFile}`);
