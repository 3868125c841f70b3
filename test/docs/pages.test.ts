import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.js';
import { PROJECT_ROOT } from '../helpers/paths.js';
import { PAGES, readPage } from './pages.js';

/** Headings as GitHub names them in links. */
function anchorsOf(page: string): string[] {
  return [...withoutBlocks(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

function withoutBlocks(page: string): string {
  return page.replace(/^```[\s\S]*?^```$/gm, '');
}

describe.each(PAGES)('%s', (page) => {
  it('links to what is there', () => {
    const links = [...withoutBlocks(readPage(page)).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/g)];
    for (const [link, path, anchor] of links) {
      const target = path === '' ? page : join(dirname(page), path!);
      expect(existsSync(join(PROJECT_ROOT, target)), link).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(readPage(target)), link).toContain(anchor);
    }
  });
});

describe('the pages together', () => {
  it('have a section for every error code', () => {
    const sections = [...readPage('docs/troubleshooting.md').matchAll(/^### `(\w+)`$/gm)].map(
      ([, code]) => code,
    );
    expect(sections.sort()).toEqual([...ERROR_CODES].sort());
  });
});
