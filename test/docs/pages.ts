import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../helpers/paths.js';

/** The pages for users, by their paths in the project: README.md and those of docs/. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(join(PROJECT_ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .sort(),
];

export function readPage(page: string): string {
  return readFileSync(join(PROJECT_ROOT, page), 'utf8');
}
