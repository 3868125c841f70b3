// Writes the tables of options in README.md and docs/*.md between
//   <!-- options: score -->  ... <!-- /options -->
// or, with the options of run that score does not have, `<!-- options: run beyond score -->`.
// With --check nothing is written: exits 1 naming the files whose tables are not those of src/options.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createJiti } from 'jiti';
import { root } from './native-paths.mjs';

const jiti = createJiti(import.meta.url);
const { renderOptionTable } = await jiti.import('../src/options/render-option-table.ts');
const { COMMANDS } = await jiti.import('../src/options/option.ts');

const REGION = /(<!-- options: ([\w-]+)(?: beyond ([\w-]+))? -->\n)[\s\S]*?(<!-- \/options -->)/g;
const isCheck = process.argv.includes('--check');

const docs = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const stale = [];
for (const file of [join(root, 'README.md'), ...docs.map((name) => join(root, 'docs', name))]) {
  const text = readFileSync(file, 'utf8');
  const current = text.replace(REGION, (_, begin, command, beyond, end) => {
    for (const name of [command, beyond]) {
      if (name !== undefined && !COMMANDS.includes(name))
        throw new Error(`${file}: there is no command ${name}`);
    }
    return `${begin}\n${renderOptionTable(command, beyond)}\n\n${end}`;
  });
  if (current === text) continue;
  stale.push(relative(root, file));
  if (!isCheck) writeFileSync(file, current);
}

if (isCheck && stale.length > 0) {
  console.error(
    `tables of options are not those of src/options in ${stale.join(', ')}: npm run docs:options`,
  );
  process.exit(1);
}
console.log(
  `options: ${isCheck ? 'all tables are' : `wrote ${stale.length} files, all tables are now`} those of src/options`,
);
