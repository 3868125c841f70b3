import type { Field } from '../field-type.js';
import { type KeptColumns, ORIGINAL_FIELDS } from '../kept-columns.js';
import { arrowField } from './added-vectors.js';

/** The key under which a Parquet file keeps the Arrow schema that it was made from. */
export const ARROW_SCHEMA_KEY = 'ARROW:schema';
const END_OF_STREAM = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

/**
 * The Arrow schema in a Parquet file's metadata with columns added, so that readers find dictionaries and large texts
 * again; undefined when it cannot be read, which costs no values.
 * @param stored - In base64, as the file has it.
 */
export async function extendStoredSchema(
  stored: string,
  { kept, displaced }: KeptColumns,
  fields: readonly Field[],
): Promise<string | undefined> {
  const arrow = await import('apache-arrow');
  try {
    const bytes = Buffer.concat([Buffer.from(stored, 'base64'), END_OF_STREAM]);
    const { schema } = arrow.RecordBatchReader.from(new Uint8Array(bytes)).open();
    const pick = (names: readonly string[]) => schema.fields.filter(({ name }) => names.includes(name));
    const holder = new arrow.Field(ORIGINAL_FIELDS, new arrow.Struct(pick(displaced)), false);
    const all = [
      ...pick(kept),
      ...(displaced.length > 0 ? [holder] : []),
      ...fields.map((field) => arrowField(field, arrow)),
    ];
    const extended = new arrow.Table(new arrow.Schema(all, schema.metadata));
    const stream = Buffer.from(arrow.tableToIPC(extended, 'stream'));
    return stream.subarray(0, stream.length - END_OF_STREAM.length).toString('base64');
  } catch {
    return undefined;
  }
}
