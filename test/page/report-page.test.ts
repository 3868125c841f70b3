import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runCliWell, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { CHROMIUM, openChromium, WHY_SKIPPED } from './chromium.js';
import { keptAudit, writeRun } from './finished-run.js';
import { asLines, fortyRows, scoredLine } from './scored-rows.js';

describe.skipIf(CHROMIUM === undefined)(`a report in a browser (${WHY_SKIPPED})`, () => {
  let directory: string;
  let browser: Browser;
  let page: Page;
  const at = (name: string) => join(directory, name);

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'report-'));
    browser = await openChromium();
    await writeFile(at('scores.jsonl'), asLines(fortyRows()));
    await writeFile(at('other.jsonl'), asLines(fortyRows(0.1)));
    await writeRun(
      at('run'),
      [1, 2, 3].map((row) =>
        keptAudit(row, {
          before: 'The sky is blue today.',
          after: 'The sky is deep blue tonight.',
          critique: `too short ${row}`,
        }),
      ),
    );
    await runCliWell(['report', 'scores.jsonl', '--by', 'source', '-o', 'scores.html'], { cwd: directory });
    await runCliWell(['report', 'run', '-o', 'run.html'], { cwd: directory });
    await runCliWell(['report', 'scores.jsonl', 'other.jsonl', '-o', 'both.html'], { cwd: directory });
    const messages = ['Say hello.', 'Hello there!', 'In French.', 'Bonjour !'].map((content, i) => ({
      role: i % 2 === 0 ? 'user' : 'assistant',
      content,
    }));
    await writeFile(at('chat.jsonl'), asLines([{ messages }]));
    for (const args of [
      ['score', 'chat.jsonl', '--per-token', '-o', 'chat-scores.jsonl'],
      ['report', 'chat-scores.jsonl', '-o', 'chat.html'],
    ]) {
      await runCliWell([...args, ...TINY_ON_ONE_THREAD], { cwd: directory });
    }
    const samples = ['Water boils at 100 degrees. 👍', 'It freezes at 0.'].map((output) => ({
      instruction: 'Say what you know of water.',
      output,
    }));
    await writeFile(at('data.jsonl'), asLines(samples));
    await runCliWell(['score', 'data.jsonl', ...TINY_ON_ONE_THREAD, '--per-token', '-o', 'tokens.jsonl'], {
      cwd: directory,
    });
    await runCliWell(['report', 'tokens.jsonl', ...TINY_ON_ONE_THREAD, '-o', 'tokens.html'], {
      cwd: directory,
    });
  });
  afterEach(() => page.close());
  afterAll(async () => {
    await browser.close();
    await rm(directory, { recursive: true });
  });

  async function open(name: string, options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
    page = await browser.newPage(options);
    await page.goto(pathToFileURL(at(name)).href);
  }

  const status = () => page.locator('#status').textContent();
  const heading = () => page.locator('#detail h3').textContent();
  const options = () => page.locator('#rows [role=option]');
  const part = (label: string | RegExp) => page.locator('.wide').getByRole('button', { name: label });

  it('leaves the rows of a bar, and lets go of them again', async () => {
    await open('scores.html');
    expect(await status()).toBe('1 of 40');
    const bar = page.locator('[data-figure=ifd] .wide [data-mark]').first();
    const label = (await bar.getAttribute('aria-label'))!;
    const count = Number(/: (\d+) rows?$/.exec(label)![1]);
    await bar.click();
    expect(await status()).toBe(`1 of ${count}`);
    expect(await options().count()).toBe(count);
    expect(await bar.getAttribute('aria-pressed')).toBe('true');
    await page.locator('.chip').click();
    expect(await status()).toBe('1 of 40');
  });

  it('leaves the rows of a branch, of a reason and of a group', async () => {
    await open('scores.html');
    for (const label of [/^no r-IFD: 4 rows/, /reverse_prompt_too_long: 4 rows/]) {
      await part(label).click();
      expect(await status()).toBe('1 of 4');
      await page.keyboard.press('Escape');
    }
    await part(/^sums: 14 rows/)
      .first()
      .click();
    expect(await status()).toMatch(/ of 14$/);
  });

  it('searches, and says when nothing is left', async () => {
    await open('scores.html');
    await page.keyboard.press('/');
    await page.keyboard.type('QUESTION 17');
    expect(await status()).toBe('1 of 1');
    expect(await heading()).toContain('id-17');
    await page.keyboard.type('nothing like it');
    expect(await status()).toBe('0 of 0');
    expect(await page.locator('#detail').textContent()).toContain('No row is left');
  });

  it('sorts by a score, rows without one last in either direction', async () => {
    await open('scores.html');
    const figures = async () =>
      (await options().locator('.row-figures').allTextContents()).map((text) => text.split(' · ')[1]!);
    await page.selectOption('#sort', 'rifd');
    const ascending = (await figures()).slice(0, 36).map(Number);
    expect(ascending).toEqual(ascending.toSorted((a, b) => a - b));
    expect((await figures()).slice(36)).toEqual(['–', '–', '–', '–']);
    await page.click('#direction');
    expect((await figures()).slice(0, 36).map(Number)).toEqual(ascending.toReversed());
    expect((await figures()).slice(36)).toEqual(['–', '–', '–', '–']);
  });

  it('goes through the rows by keys, and tells where it is', async () => {
    await open('scores.html');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    expect(await status()).toBe('3 of 40');
    expect(await heading()).toContain('id-2');
    await page.keyboard.press('k');
    expect(await status()).toBe('2 of 40');
    await page.locator('#rows').focus();
    await page.keyboard.press('ArrowDown');
    expect(await status()).toBe('3 of 40');
  });

  it('opens the row that its address names', async () => {
    await open('scores.html');
    for (let i = 0; i < 25; i++) await page.keyboard.press('j');
    // what the browser tells of it from outside may lag behind
    const address = await page.evaluate<string>('location.href');
    expect(address).toMatch(/#row=[0-9a-f]{16}$/);
    await page.close();
    page = await browser.newPage();
    await page.goto(address);
    expect(await status()).toBe('26 of 40');
    expect(await heading()).toContain('id-25');
  });

  it('exports the keys of the rows that are left', async () => {
    await open('scores.html');
    await page.fill('#search', 'Question 3');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#export')]);
    const keys = (await readFile((await download.path())!, 'utf8')).trim().split('\n');
    const expected = fortyRows().filter(({ instruction }) => String(instruction).includes('Question 3'));
    expect(keys).toEqual(expected.map(({ row_key }) => row_key));
  });

  it('lets a figure be used without a mouse', async () => {
    await open('scores.html');
    const bars = page.locator('[data-figure=ifd] .wide [data-mark]');
    await bars.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    expect(await bars.nth(1).getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('.chip').count()).toBe(1);
  });

  it('shows what a run has changed, and folds why', async () => {
    await open('run.html');
    expect(await page.locator('#detail del').allTextContents()).toEqual(['today']);
    expect(await page.locator('#detail ins').allTextContents()).toEqual(['deep ', 'tonight']);
    const steps = page.getByText('response to original (lower r-IFD wins): response, it is strictly better');
    expect(await steps.isVisible()).toBe(false);
    await page.getByText('How it was decided').click();
    expect(await steps.isVisible()).toBe(true);
    await page.getByText('Reflection: response, candidate, cost 0.001000').click();
    expect(await page.getByText('too short 1').last().isVisible()).toBe(true);
    await part(/reflection failed, unparsable: 3 rows/).click();
    expect(await status()).toBe('1 of 3');
  });

  it('puts sources side by side, and leaves the rows that are decided otherwise', async () => {
    await open('both.html');
    const [first, second] = [fortyRows(), fortyRows(0.1)].map((rows) =>
      rows.map(({ ifd_ppl, rifd_ppl }) => [ifd_ppl, rifd_ppl].every((x) => typeof x === 'number' && x < 1)),
    );
    const only = first!.filter((isKept, i) => isKept && !second![i]).length;
    expect(only).toBeGreaterThan(0);
    expect(await page.locator('main').textContent()).toContain(
      `${only} only in the first, 0 only in the second`,
    );
    await page.check('#differing');
    expect(await status()).toBe(`1 of ${only}`);
    expect(await page.locator('.elsewhere').textContent()).toContain('Otherwise in other.jsonl');
    await page.selectOption('#source', '1');
    expect(await page.locator('#detail').textContent()).toContain('Otherwise in scores.jsonl');
  });

  it('tells of each token how much the instruction helped', async () => {
    await open('tokens.html');
    const tokens = page.locator('.token');
    expect((await tokens.allTextContents()).join('')).toContain('Water boils at 100 degrees.');
    await tokens.nth(1).hover();
    const told = page.locator('.token-told');
    expect(await told.textContent()).toMatch(
      /^".+": after the instruction [<\d.]+% \(ln -\d+\.\d\d\), by itself/,
    );
    await page.locator('.token-text').focus();
    await page.keyboard.press('ArrowRight');
    expect(await tokens.nth(2).getAttribute('class')).toContain('is-told');
    // what they add up to is the score of the file
    const [ifd] = /IFD \d\.\d{3}/.exec((await page.locator('.token-legend').textContent())!)!;
    expect(await page.locator('.badges').textContent()).toContain(ifd.slice(0, -1));
    await page.keyboard.press('j');
    expect((await tokens.allTextContents()).join('')).toBe('It freezes at 0.');
  });

  it('says so where the tokens were scored otherwise than the file', async () => {
    const { stderr } = await runCliWell(
      ['report', 'scores.jsonl', ...TINY_ON_ONE_THREAD, '--token-rows', '5', '-o', 'otherwise.html'],
      { cwd: directory },
    );
    expect(stderr).toContain('note: The tokens add up to other scores than those that are stored');
    const again = ['report', 'tokens.jsonl', ...TINY_ON_ONE_THREAD, '-o', 'alike.html'];
    expect((await runCliWell(again, { cwd: directory })).stderr).not.toContain('note:');
    await open('otherwise.html');
    expect(
      await page.evaluate(
        "JSON.parse(document.getElementById('data').textContent).sources[0].rows.filter((row) => row.tokens).length",
      ),
    ).toBe(5);
  });

  it('shows a chat by turns, each answer with its figures and tokens', async () => {
    await open('chat.html');
    expect(await page.locator('.turn .text').allTextContents()).toEqual([
      'Say hello.',
      'Hello there!',
      'In French.',
      'Bonjour !',
    ]);
    const answer = page.locator('.turn.is-assistant').last();
    expect(await answer.locator('.badge').allTextContents()).toEqual([
      expect.stringMatching(/^IFD \d/),
      expect.stringMatching(/^IFD of the turn \d/),
      expect.stringMatching(/^r-IFD \d/),
    ]);
    await answer.getByText('Token by token').click();
    expect((await answer.locator('.token').allTextContents()).join('')).toBe('Bonjour !');
  });

  it.each(['scores.html', 'run.html', 'both.html', 'tokens.html', 'chat.html'])(
    'has no violation that axe knows of: %s',
    async (name) => {
      for (const options of [
        { colorScheme: 'light' },
        { colorScheme: 'dark' },
        { colorScheme: 'light', viewport: { width: 390, height: 800 } },
      ] as const) {
        await open(name, options);
        for (const summary of await page.locator('summary').all()) await summary.click();
        // the page's own policy lets nothing be added to it; evaluating is the debugger's privilege
        await page.evaluate(axe.source);
        const { violations } = (await page.evaluate('axe.run()')) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        expect(violations.map(({ id, nodes }) => [id, nodes[0]!.html])).toEqual([]);
        await page.close();
      }
      await open(name);
    },
  );

  it('stays below 5 MB, whatever there is', async () => {
    // texts that take more room as JSON within HTML than by themselves, over the whole range of both scores
    const text = '<p>"\u00e9\u65e5"</p>\n'.repeat(300);
    const many = (shift: number) =>
      Array.from({ length: 2500 }, (_, i) =>
        scoredLine(
          { id: i, instruction: `${i}`, output: text },
          { ifd: 0.2 + shift + ((i * 37) % 101) / 50, rifd: 0.2 + ((i * 53) % 103) / 50 },
        ),
      );
    for (const [i, name] of ['one.jsonl', 'two.jsonl', 'three.jsonl'].entries()) {
      await writeFile(at(name), asLines(many(i / 10)));
    }
    for (const sources of [['one.jsonl'], ['one.jsonl', 'two.jsonl', 'three.jsonl']]) {
      await runCliWell(['report', ...sources, '-o', 'large.html', '--force'], { cwd: directory });
      const { size } = await stat(at('large.html'));
      expect(size).toBeGreaterThan(2e6);
      expect(size).toBeLessThan(5e6);
    }
    await open('large.html');
    expect(await status()).toMatch(/^1 of \d+ shown of 2,500$/);
  });

  it('fits on a phone', async () => {
    await open('both.html', { viewport: { width: 360, height: 740 } });
    const [content, width] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
      number,
      number,
    ];
    expect(content).toBeLessThanOrEqual(width);
    expect(await page.locator('figure .narrow').first().isVisible()).toBe(true);
  });

  it('prints figures and the chosen row, not what only a screen can use', async () => {
    await open('scores.html');
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('#rows').isVisible()).toBe(false);
    expect(await page.locator('.tools').isVisible()).toBe(false);
    expect(await page.locator('figure').first().isVisible()).toBe(true);
    expect(await page.locator('#detail').isVisible()).toBe(true);
  });
});
