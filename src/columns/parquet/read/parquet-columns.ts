import type { ParquetFile } from './parquet-file.js';

/** The columns of a file, leaf by leaf: `"messages.list.element.role: OPTIONAL OPTIONAL ... BYTE_ARRAY UTF8"`. */
export function columnsOf({ leaves }: Pick<ParquetFile, 'leaves'>): readonly string[] {
  return leaves.map((path) => {
    const steps = path.slice(1).map(({ element }) => element);
    const {
      type,
      type_length: length,
      converted_type: converted,
      scale,
      precision,
      logical_type: logical,
    } = steps.at(-1)!;
    const kind = [type, length, converted, scale, precision, logical && JSON.stringify(logical)];
    const repetitions = steps.map((step) => step.repetition_type);
    const types = [...repetitions, ...kind].filter((word) => word !== undefined);
    return `${steps.map(({ name }) => name).join('.')}: ${types.join(' ')}`;
  });
}
