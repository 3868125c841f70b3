import { randomUUID } from 'node:crypto';

export interface FormFile {
  readonly name: string;
  readonly fileName: string;
  readonly content: Buffer;
}

/** The body of a form with a file in it (multipart/form-data), and its type. Names are plain ASCII. */
export function formData(fields: Readonly<Record<string, string>>, file: FormFile) {
  const boundary = `form-${randomUUID()}`;
  const head = (disposition: string) => `--${boundary}\r\ncontent-disposition: form-data; ${disposition}\r\n`;
  const texts = Object.entries(fields).map(([name, value]) => `${head(`name="${name}"`)}\r\n${value}\r\n`);
  const fileHead = `${head(`name="${file.name}"; filename="${file.fileName}"`)}content-type: application/jsonl\r\n\r\n`;
  const content = Buffer.concat([
    Buffer.from(texts.join('') + fileHead),
    file.content,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return { type: `multipart/form-data; boundary=${boundary}`, content };
}
