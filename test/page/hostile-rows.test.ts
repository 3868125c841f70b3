import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCliWell } from '../helpers/run-cli.js';
import { CHROMIUM, openChromium, WHY_SKIPPED } from './chromium.js';
import { keptAudit, writeRun } from './finished-run.js';
import { asLines, scoredLine } from './scored-rows.js';

/** What would set `hacked` if any of it were markup or script. */
const HOSTILE = [
  '<script>window.hacked = 1</script>',
  '</script><script>window.hacked = 1</script>',
  '<!--<script>window.hacked = 1//-->',
  '<img src=x onerror="window.hacked = 1">',
  '"><svg onload="window.hacked = 1">',
  "' onmouseover='window.hacked = 1' autofocus onfocus='window.hacked = 1'",
  '</style><style>* { display: none }</style>',
  '<a href="javascript:window.hacked = 1">click</a>',
  'javascript:window.hacked = 1',
  '<iframe srcdoc="<script>parent.hacked = 1</script>"></iframe>',
  '<meta http-equiv="refresh" content="0; url=http://127.0.0.1:9/">',
  '<link rel=stylesheet href=http://127.0.0.1:9/x.css>',
  ']]></style><script>window.hacked = 1</script>',
  '&lt;script&gt;window.hacked = 1&lt;/script&gt;',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is meant to look like a template
  '${window.hacked = 1}{{window.hacked = 1}}',
  'left \u202eright to left\u2066 and \u200bhidden\ufeff',
  'nul \u0000 escape \u001b[31m red',
  '__proto__',
  'constructor',
] as const;

/** As the page spells it: what cannot be seen is told. */
const spelled = (text: string) =>
  text.replace(
    /(?![\t\n\r])[\p{Cc}\p{Cf}]/gu,
    (sign) => `‹U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}›`,
  );

describe.skipIf(CHROMIUM === undefined)(`hostile rows in a report (${WHY_SKIPPED})`, () => {
  let directory: string;
  let browser: Browser;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'hostile-'));
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  /** Opens a page, clicks on all there is, and tells what was requested, executed and complained of. */
  async function visit(name: string) {
    const page = await browser.newPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => requested.push(request.url()));
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => dialog.dismiss());
    const address = pathToFileURL(join(directory, name)).href;
    await page.goto(address);
    const shown: (string | null)[] = [];
    const rows = await page.locator('#rows [role=option]').count();
    for (let i = 0; i < rows; i++) {
      for (const summary of await page.locator('#detail summary').all()) await summary.click();
      shown.push(await page.locator('#detail').textContent());
      await page.keyboard.press('j');
    }
    for (const mark of await page.locator('.wide [data-mark]').all()) await mark.dispatchEvent('click');
    const hacked = await page.evaluate('window.hacked');
    const elements = await page.evaluate(
      "document.querySelectorAll('script, style, img, iframe, link, object, embed').length",
    );
    await page.close();
    return { requested: requested.filter((url) => url !== address), complaints, shown, hacked, elements };
  }

  it('stay text, whichever field they are in', async () => {
    const rows = HOSTILE.map((text, i) =>
      scoredLine(
        {
          id: `${i} ${text}`,
          instruction: text,
          input: text,
          output: text,
          [text]: text,
          source: text,
          row_key: text,
        },
        { ifd: 0.5 + i / 50, rifd: i % 2 === 0 ? 0.6 : null },
      ),
    ).map((row, i) => ({
      ...row,
      ...(row.status === 'unscorable' && { reason: HOSTILE[i], detail: HOSTILE[i] }),
    }));
    const file = '<img src=x onerror="window.hacked=1">.jsonl';
    await writeFile(join(directory, file), asLines(rows));
    await runCliWell(['report', `./${file}`, '--by', 'source', '-o', 'hostile.html'], { cwd: directory });
    const { shown, ...rest } = await visit('hostile.html');
    expect(rest).toEqual({ requested: [], complaints: [], hacked: undefined, elements: 3 });
    expect(shown).toHaveLength(HOSTILE.length);
    for (const [i, text] of HOSTILE.entries()) expect(shown[i], text).toContain(spelled(text));
  });

  it('stay text in what a teacher has said', async () => {
    const audits = HOSTILE.map((text, i) =>
      keptAudit(i + 1, { before: `old ${text}`, after: `new ${text}`, critique: text }),
    );
    await writeRun(join(directory, 'run'), audits);
    await runCliWell(['report', 'run', '-o', 'run.html'], { cwd: directory });
    const { shown, ...rest } = await visit('run.html');
    expect(rest).toEqual({ requested: [], complaints: [], hacked: undefined, elements: 3 });
    for (const [i, text] of HOSTILE.entries()) expect(shown[i], text).toContain(spelled(text));
  });

  it('may be a megabyte long', async () => {
    const long = '<b>x</b> '.repeat(120_000);
    const rows = [
      scoredLine({ instruction: long, input: '', output: long, source: long }, { ifd: 0.5, rifd: 0.5 }),
      scoredLine(
        { instruction: 'short', input: '', output: 'x'.repeat(1_000_000), source: 'y' },
        { ifd: 0.9, rifd: 0.9 },
      ),
    ];
    await writeFile(join(directory, 'long.jsonl'), asLines(rows));
    await runCliWell(['report', 'long.jsonl', '--by', 'source', '-o', 'long.html'], { cwd: directory });
    const { shown, ...rest } = await visit('long.html');
    expect(rest).toMatchObject({ requested: [], complaints: [], hacked: undefined });
    expect(shown[0]).toContain('The first 6,000 of 1,080,000 characters.');
  });
});
