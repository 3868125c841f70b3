// Takes the pictures of a report for README.md and docs/report.md, docs/images/report.png and report-row.png, from the
// example rows. Needs the built program and a Chromium, by its path:
//   node scripts/photograph-report.mjs /usr/bin/chromium
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { root } from './native-paths.mjs';

const MODEL = join(root, 'models', 'tiny-instruct-5m-f16.gguf');
/** A row whose answer belongs to another question. */
const ROW = 'ex-003';

const folder = mkdtempSync(join(tmpdir(), 'photograph-'));
function run(...args) {
  const { status } = spawnSync(process.execPath, [join(root, 'dist', 'cli', 'main.js'), ...args], {
    cwd: folder,
  });
  if (status !== 0) throw new Error(`reflection-tuning ${args.join(' ')} ended with status ${status}`);
}
run(
  'score',
  join(root, 'examples', 'instructions.jsonl'),
  '--student',
  MODEL,
  '--per-token',
  '-o',
  'scores.jsonl',
);
run('report', 'scores.jsonl', '--student', MODEL, '-o', 'report.html');

const browser = await chromium.launch({ executablePath: process.argv[2], args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1200, height: 1010 } });
await page.goto(pathToFileURL(join(folder, 'report.html')).href);
await page.screenshot({ path: join(root, 'docs', 'images', 'report.png') });
await page.fill('#search', ROW);
await page.locator('#browser').scrollIntoViewIfNeeded();
await page.fill('#search', '');
await page.locator('#search').blur();
await page.setViewportSize({ width: 1200, height: 620 });
await page.evaluate("document.getElementById('browser').scrollIntoView()");
await page.screenshot({ path: join(root, 'docs', 'images', 'report-row.png') });
await browser.close();
rmSync(folder, { recursive: true });
