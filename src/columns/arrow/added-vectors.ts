import type { Field as ArrowField, DataType as ArrowType, Data } from 'apache-arrow';
import type { Field, FieldType } from '../field-type.js';

type Arrow = typeof import('apache-arrow');

/** The columns that are added as Arrow has them, all of which may be null. */
export function arrowField({ name, type }: Field, arrow: Arrow): ArrowField {
  return new arrow.Field(name, arrowType(type, arrow), true);
}

function arrowType(type: FieldType, arrow: Arrow): ArrowType {
  switch (type.kind) {
    case 'string':
      return new arrow.Utf8();
    case 'double':
      return new arrow.Float64();
    case 'integer':
      return new arrow.Int64();
    case 'boolean':
      return new arrow.Bool();
    case 'list':
      return new arrow.List(new arrow.Field('item', arrowType(type.element, arrow), true));
    case 'struct':
      return new arrow.Struct(type.members.map((member) => arrowField(member, arrow)));
  }
}

/** The values of a column that is added. */
export function addedData(values: readonly unknown[], { type }: Field, arrow: Arrow): Data {
  const builder = arrow.makeBuilder({ type: arrowType(type, arrow), nullValues: [null, undefined] });
  for (const value of values) builder.append(stored(value, type));
  const [data] = builder.finish().toVector().data;
  return data ?? arrow.makeData({ type: arrowType(type, arrow) as never, length: 0 } as never);
}

/** What is no value of the type is null. */
function stored(value: unknown, type: FieldType): unknown {
  if (value === null || value === undefined) return null;
  switch (type.kind) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value);
    case 'double':
      return typeof value === 'number' ? value : null;
    case 'integer':
      return typeof value === 'bigint' || Number.isInteger(value) ? BigInt(value as number) : null;
    case 'boolean':
      return typeof value === 'boolean' ? value : null;
    case 'list':
      return Array.isArray(value) ? value.map((element) => stored(element, type.element)) : null;
    case 'struct':
      return typeof value === 'object'
        ? Object.fromEntries(
            type.members.map((member) => [
              member.name,
              stored((value as Readonly<Record<string, unknown>>)[member.name], member.type),
            ]),
          )
        : null;
  }
}
