import { ColumnsError } from '../../columns/columns-error.js';
import { type FieldRules, FieldTypes } from '../../columns/field-type.js';
import { writeColumns } from '../../columns/write-columns.js';
import type { WrittenRow } from '../../columns/written-row.js';
import { ReflectionError } from '../../errors.js';
import type { FieldNames } from '../spell-row.js';

/** Rows that can be gone through more than once. */
export interface PackedRows {
  /** Files of columns that the rows are of, in order; none when all that is written of a row are its fields. */
  readonly sources: readonly string[];
  readonly rows: () => AsyncIterable<WrittenRow>;
  /** What names the fields take, by those that are there; just these unless told. */
  readonly names?: ((fields: readonly string[]) => FieldNames) | undefined;
}

/**
 * Writes rows with their columns: those of their sources as they are there, and the fields that are added.
 * @throws {ReflectionError} `dataset_unreadable` when a source cannot be read; errors of the system.
 */
export async function packColumns(
  to: string,
  format: 'parquet' | 'arrow',
  isFolder: boolean,
  { sources, rows, names }: PackedRows,
): Promise<void> {
  const types = new FieldTypes(RULES);
  for await (const { fields } of rows()) types.add(fields);
  const { fields } = types;
  const { reserved, signature } = names?.(fields.map(({ name }) => name)) ?? {};
  const options = { sources, rows: rows(), fields, names: { reserved, signature } };
  try {
    await writeColumns(to, format, isFolder, options);
  } catch (cause) {
    if (!(cause instanceof ColumnsError)) throw cause;
    throw new ReflectionError('dataset_unreadable', `The dataset ${sources[0]} ${cause.problem}.`, {
      remedy: cause.remedy,
      cause,
    });
  }
}

/** Fields of ours that are numbers, by what they are called. */
const NUMBERS = /^(ppl|loss|ifd|rifd|logprobs)(_|$)/;
const COUNTS = /^tokens_|^(turn|dropped_turns)$/;

const RULES: FieldRules = {
  isInteger: (name, isWhole) => isWhole && !NUMBERS.test(name),
  typeOfNull(name) {
    if (name.startsWith('logprobs_')) return { kind: 'list', element: { kind: 'double' } };
    if (NUMBERS.test(name)) return { kind: 'double' };
    return { kind: COUNTS.test(name) ? 'integer' : name === 'truncated' ? 'boolean' : 'string' };
  },
};
