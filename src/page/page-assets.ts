import { readFile } from 'node:fs/promises';

/** What a page needs beside its data, as text. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Reads what the build has put beside this file. */
export async function pageAssets(): Promise<PageAssets> {
  const [script, style] = await Promise.all(
    ['client.js', 'page.css'].map((name) => readFile(new URL(name, import.meta.url), 'utf8')),
  );
  return { script: script!, style: style! };
}
