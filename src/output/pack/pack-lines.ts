import { linesOfFile } from '../../util/lines-of-file.js';
import { ArrayWriter } from '../array-writer.js';
import { LineWriter } from '../line-writer.js';
import type { RowFormat } from '../row-format.js';
import { headerOf, spellRecord } from './csv-record.js';

/** Copies a file of JSON lines into a new file of another text format, which is on disk when it resolves. */
export async function packLines(from: string, to: string, { layout, compression }: RowFormat): Promise<void> {
  const lines = await LineWriter.create(to, to, { compression });
  const writer = layout === 'json' ? new ArrayWriter(lines) : lines;
  let isWhole = false;
  try {
    if (layout === 'csv' || layout === 'tsv') await packRecords(from, lines, layout === 'csv' ? ',' : '\t');
    else await forEachLine(from, (line) => writer.append(line));
    isWhole = true;
  } finally {
    if (isWhole) await writer.close({ durably: true });
    // what came before is the failure to tell
    else await writer.close({ durably: false }).catch(() => {});
  }
}

/** The names of the columns are known only when all rows have been looked at. */
async function packRecords(from: string, lines: LineWriter, separator: string): Promise<void> {
  const header = await headerOf(linesOf(from));
  if (header.length > 0) await lines.append(spellRecord(header, separator));
  const places = new Map(header.map((name, i) => [name, i]));
  await forEachLine(from, (line) => lines.append(spellRecord(line, separator, places)));
}

export async function* linesOf(file: string): AsyncGenerator<string, void> {
  for await (const batch of linesOfFile(file)) for (const { bytes } of batch) yield bytes.toString();
}

async function forEachLine(file: string, work: (line: string) => Promise<void>): Promise<void> {
  for await (const line of linesOf(file)) await work(line);
}
