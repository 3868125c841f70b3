import { unreadable } from './dataset-error.js';

/** Formats that are often tried but not read, by how their files begin. */
const FOREIGN_FORMATS = [
  {
    name: 'a zip archive',
    magic: Buffer.from('PK\x03\x04'),
    remedy: 'Unpack it first; gzip and Zstandard are unpacked on the fly.',
  },
  { name: 'UTF-16 text', magic: Buffer.from([0xff, 0xfe]), remedy: 'Save it as UTF-8.' },
  { name: 'UTF-16 text', magic: Buffer.from([0xfe, 0xff]), remedy: 'Save it as UTF-8.' },
] as const;

/** The most bytes any of the formats is known by. */
export const MAGIC_BYTES = Math.max(...FOREIGN_FORMATS.map(({ magic }) => magic.length));

/** Throws `dataset_unreadable`, naming the way out, when `head` begins an input of a format we do not read. */
export function refuseForeignFormat(input: string, head: Buffer): void {
  const format = FOREIGN_FORMATS.find(({ magic }) => head.subarray(0, magic.length).equals(magic));
  if (format !== undefined) throw unreadable(input, `is ${format.name}`, { remedy: format.remedy });
}
