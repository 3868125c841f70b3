import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** What the browser is called where Linux distributions and Macs keep it. */
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function findChromium(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return [...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))), MAC].find(isExecutable);
}

/** Path of a Chromium; undefined where there is none, and pages are not tried in a browser. */
export const CHROMIUM = findChromium();
export const WHY_SKIPPED = `needs one of ${NAMES.join(', ')} on the PATH`;

export function openChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(WHY_SKIPPED);
  // the tests may run as root, where Chromium has no sandbox of its own
  return chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
}
