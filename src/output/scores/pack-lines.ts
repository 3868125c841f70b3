import { linesOfFile } from '../../util/lines-of-file.js';
import { ArrayWriter } from '../array-writer.js';
import { LineWriter } from '../line-writer.js';
import type { RowFormat } from '../row-format.js';

/** Copies a file of JSON lines into a new file of another format, which is on disk when it resolves. */
export async function packLines(from: string, to: string, { layout, isGzipped }: RowFormat): Promise<void> {
  const lines = await LineWriter.create(to, to, { isGzipped });
  const writer = layout === 'array' ? new ArrayWriter(lines) : lines;
  let isWhole = false;
  try {
    for await (const batch of linesOfFile(from)) {
      for (const { bytes } of batch) await writer.append(bytes.toString());
    }
    isWhole = true;
  } finally {
    if (isWhole) await writer.close({ durably: true });
    // what came before is the failure to tell
    else await writer.close({ durably: false }).catch(() => {});
  }
}
