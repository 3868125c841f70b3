import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { createGzip } from 'node:zlib';
import { whileWriting } from '../util/output-error.js';
import { zstdFrame } from '../util/zstd.js';
import type { Compression } from './row-format.js';

/** Where text goes, piece by piece, each written before the next is given. Rejects with `output_unwritable`. */
export interface ByteSink {
  write(text: string): Promise<void>;
  /** Ends the output, has it put on disk when `durably`, and lets go of it whatever happens. */
  close(options: { readonly durably: boolean }): Promise<void>;
}

export interface FileSinkOptions {
  readonly compression?: Compression;
  /** The path that people know the file by, should it be another. */
  readonly name?: string;
}

/** Opens a new file in the place of whatever is there. @throws {ReflectionError} `output_unwritable`. */
export async function openFileSink(
  path: string,
  { compression = 'none', name = path }: FileSinkOptions = {},
): Promise<ByteSink> {
  const file = await whileWriting(name, () => open(path, 'w'));
  const { write, finish } = FILLINGS[compression](file);
  return {
    write: (text) => whileWriting(name, () => write(text)),
    close: ({ durably }) =>
      whileWriting(name, async () => {
        try {
          await finish?.();
          if (durably) await file.sync();
        } finally {
          await file.close();
        }
      }),
  };
}

interface Filling {
  readonly write: (text: string) => Promise<void>;
  readonly finish?: () => Promise<void>;
}

const FILLINGS: Readonly<Record<Compression, (file: FileHandle) => Filling>> = {
  none: (file) => ({ write: (text) => file.appendFile(text) }),
  gzip: gzipping,
  // a frame for each piece, which come in megabytes
  zstd: (file) => ({ write: async (text) => file.appendFile(await zstdFrame(Buffer.from(text))) }),
};

/** What is packed goes to the file as soon as it is there, so that memory does not grow with the output. */
function gzipping(file: FileHandle): Filling {
  const gzip = createGzip();
  let packed: Buffer[] = [];
  gzip.on('data', (chunk: Buffer) => packed.push(chunk));
  const flush = async () => {
    const bytes = Buffer.concat(packed);
    packed = [];
    await file.appendFile(bytes);
  };
  return {
    async write(text) {
      await new Promise<void>((resolve, reject) =>
        gzip.write(text, (error) => (error ? reject(error) : resolve())),
      );
      await flush();
    },
    async finish() {
      gzip.end();
      if (!gzip.readableEnded) await once(gzip, 'end');
      await flush();
    },
  };
}

/** The process's standard output, which stays open for others. */
export function standardOutputSink(): ByteSink {
  const { stdout } = process;
  const write = (text: string) =>
    new Promise<void>((resolve, reject) =>
      stdout.write(text, (error) => (error ? reject(error) : resolve())),
    );
  return { write: (text) => whileWriting('standard output', () => write(text)), close: async () => {} };
}
