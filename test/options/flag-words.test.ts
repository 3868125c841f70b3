import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { flagOf } from '../../src/options/option-name.js';
import { OPTIONS, type OptionName } from '../../src/options/option-table.js';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** The code below the command line; `options/` makes flags, and words the help that shows them. */
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !/^(cli|options)\b/.test(file),
);

describe('messages from below the command line', () => {
  it('name options, not flags', () => {
    const flags = (Object.keys(OPTIONS) as OptionName[]).map(flagOf);
    const spelled = new RegExp(`(?<![\\w-])(${[...flags, '-o'].join('|')})(?![\\w-])`, 'g');
    const found = files.flatMap((file) => {
      const code = readFileSync(join(SRC, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return [...code.matchAll(spelled)].map(([flag]) => `${file}: ${flag}`);
    });
    expect(files.length).toBeGreaterThan(100);
    expect(found).toEqual([]);
  });
});
