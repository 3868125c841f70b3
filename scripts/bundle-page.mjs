// Puts the report page's own code, which tsc has compiled to modules in build/page, into one script without imports,
// dist/page/client.js, and its style sheet beside it. The page must not load anything, so that neither modules nor a
// bundler's runtime are of use: the modules are written one after the other, each after those it imports. Their names at
// the top level share one scope, and one that occurs twice is an error.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './native-paths.mjs';

const compiled = join(root, 'build', 'page', 'page');
const output = join(root, 'dist', 'page');
const IMPORT = /^import \{[^}]*\} from '(\.[^']+)';\n/gm;
const DECLARATION = /^(?:export )?(?:async )?(?:function\*?|class|const|let) (\w+)/gm;

/** The modules in the order in which they have to run, by path. */
const modules = new Map();
function add(file) {
  if (modules.has(file)) return;
  const text = readFileSync(file, 'utf8');
  for (const [, path] of text.matchAll(IMPORT)) add(join(dirname(file), path));
  modules.set(file, text.replace(IMPORT, '').replace(/^export \{\};\n/gm, ''));
}
add(join(compiled, 'client', 'main.js'));

const names = new Map();
for (const [file, text] of modules) {
  if (/^(?:import|export (?!function|class|const))/m.test(text))
    throw new Error(`${file}: an import or export that this script does not know`);
  for (const [, name] of text.matchAll(DECLARATION)) {
    if (names.has(name)) throw new Error(`${name} is declared in ${names.get(name)} and in ${file}`);
    names.set(name, file);
  }
}

const script = [...modules.values()].map((text) => text.replace(/^export /gm, '')).join('\n');
mkdirSync(output, { recursive: true });
writeFileSync(join(output, 'client.js'), `(() => {\n'use strict';\n${script}})();\n`);
copyFileSync(join(root, 'src', 'page', 'page.css'), join(output, 'page.css'));
