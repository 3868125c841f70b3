import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { runCliWell } from '../helpers/run-cli.js';

/** What npm itself knows, of what the pages use. */
const NPM_COMMANDS = ['ci', 'rebuild', 'install-scripts'];

/** What is wrong with the words of commands that cannot be run here: flags and npm scripts that do not exist. */
export async function unknownWords(script: string): Promise<string[]> {
  const unknown: string[] = [];
  for (const line of commandLines(script)) {
    const words = line.trim().split(/\s+/);
    if (words[0] === 'npm') {
      const name = words[1] === 'run' ? words[2]! : words[1]!;
      if (!NPM_COMMANDS.includes(name) && !(name in scripts())) unknown.push(`npm ${name}`);
    } else if (words[0] === 'npx' && words[1] === 'reflection-tuning') {
      const { stdout } = await runCliWell([words[2]!, '--help']);
      const known = new Set(stdout.match(/(?<![\w-])--?[a-z][\w-]*/g));
      unknown.push(...words.slice(3).filter((word) => word.startsWith('-') && !known.has(word)));
    } else unknown.push(line);
  }
  return unknown;
}

/** Commands one by one: lines joined where a backslash says so, split at `&&`, comments left out. */
function commandLines(script: string): string[] {
  return script
    .replace(/\\\n/g, ' ')
    .split(/\n|&&/)
    .map((line) => line.replace(/\s#.*$/, '').trim())
    .filter((line) => line !== '');
}

function scripts(): object {
  return JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8')).scripts;
}
