import { unreadable } from './dataset-error.js';

const TO_JSON_LINES = 'Convert it to JSON Lines first, for example with';

/** Formats that are often tried but not read, by how their files begin. */
const FOREIGN_FORMATS = [
  {
    name: 'a Parquet file',
    magic: Buffer.from('PAR1'),
    remedy: `${TO_JSON_LINES} pandas: read_parquet(...).to_json("rows.jsonl", orient="records", lines=True).`,
  },
  {
    name: 'an Arrow file',
    magic: Buffer.from('ARROW1'),
    remedy: `${TO_JSON_LINES} pandas: read_feather(...).to_json("rows.jsonl", orient="records", lines=True).`,
  },
  {
    name: 'an Arrow stream',
    magic: Buffer.from([0xff, 0xff, 0xff, 0xff]),
    remedy: `${TO_JSON_LINES} Hugging Face datasets: Dataset.from_file(...).to_json("rows.jsonl").`,
  },
  {
    name: 'Zstandard-compressed',
    magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    remedy: 'Unpack it first (zstd -d); only gzip is unpacked on the fly.',
  },
  {
    name: 'a zip archive',
    magic: Buffer.from('PK\x03\x04'),
    remedy: 'Unpack it first; only gzip is unpacked on the fly.',
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
