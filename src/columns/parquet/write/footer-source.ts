import { ARROW_SCHEMA_KEY } from '../../arrow/stored-schema.js';
import type { ParquetFile } from '../read/parquet-file.js';
import {
  binary,
  i32,
  i64,
  itemsOf,
  list,
  readThrift,
  structOf,
  THRIFT,
  type ThriftStruct,
  writeThrift,
} from './thrift.js';

/** Numbers of fields in a footer, by the format's definition. */
export const FILE = { schema: 2, rows: 3, groups: 4, metadata: 5, createdBy: 6, orders: 7 } as const;
export const ELEMENT = { repetition: 3, name: 4, children: 5 } as const;

/** What a footer is made from. */
export type SourceColumns = Pick<ParquetFile, 'footer' | 'schema' | 'leaves'>;

/** Stands for a file without columns and rows. */
export const NO_SOURCE: SourceColumns = {
  footer: writeThrift(
    structOf({
      1: i32(2),
      [FILE.schema]: list(THRIFT.struct, [
        structOf({ [ELEMENT.name]: binary('schema'), [ELEMENT.children]: i32(0) }),
      ]),
      [FILE.rows]: i64(0),
      [FILE.groups]: list(THRIFT.struct, []),
      [FILE.createdBy]: binary('reflection-tuning'),
      [FILE.orders]: list(THRIFT.struct, []),
    }),
  ),
  schema: { element: { name: 'schema' }, children: [], count: 1, path: [] },
  leaves: [],
};

/** A column of the sources and its path in what is written. */
export interface PlacedLeaf {
  readonly leaf: number;
  readonly path: readonly string[];
}

/** The Arrow schema that a file says it was made from, in base64. */
export function storedArrowSchema({ footer }: SourceColumns): string | undefined {
  const pairs = itemsOf(readThrift(footer).get(FILE.metadata)) as readonly ThriftStruct[];
  const pair = pairs.find((one) => String(one.get(1)?.value) === ARROW_SCHEMA_KEY);
  return pair && String(pair.get(2)?.value);
}

/** A column of the first level. */
export interface Child {
  readonly name: string;
  /** Of the schema, it and all below it. */
  readonly elements: readonly ThriftStruct[];
  readonly leaves: readonly PlacedLeaf[];
}

/** The schema is a list in which each element is followed by those below it. */
export function splitChildren({ schema, leaves }: SourceColumns, footer: ThriftStruct): readonly Child[] {
  const elements = itemsOf(footer.get(FILE.schema)) as readonly ThriftStruct[];
  let start = 1;
  return schema.children.map(({ element, count }) => {
    const own = elements.slice(start, start + count);
    start += count;
    const below = leaves.flatMap((path, leaf) =>
      path[1]!.element === element ? [{ leaf, path: path.slice(1).map((step) => step.element.name) }] : [],
    );
    return { name: element.name, elements: own, leaves: below };
  });
}
