/** Holds columns of a source whose names are taken by those that are added. */
export const ORIGINAL_FIELDS = 'original_fields';

/** What becomes of the columns of a source. */
export interface KeptColumns {
  /** Stay where they are. */
  readonly kept: readonly string[];
  /** Move into a struct called `original_fields`. */
  readonly displaced: readonly string[];
}

/** The names of columns that are added. */
export interface AddedNames {
  readonly names: readonly string[];
  /** A source that has all of these is an earlier output of ours, whose columns of such names are made anew. */
  readonly signature?: readonly string[] | undefined;
  /** All names that are ours. */
  readonly reserved?: ReadonlySet<string> | undefined;
}

export function keptColumns(
  columns: readonly string[],
  { names, signature, reserved }: AddedNames,
): KeptColumns {
  const ours = new Set([...names, ...(reserved ?? [])]);
  const isEarlier = signature?.every((name) => columns.includes(name)) ?? false;
  const taken = columns.filter((name) => ours.has(name));
  const hides = taken.length > 0 && !isEarlier && columns.includes(ORIGINAL_FIELDS);
  const displaced = isEarlier ? [] : [...taken, ...(hides ? [ORIGINAL_FIELDS] : [])];
  return { kept: columns.filter((name) => !taken.includes(name) && !displaced.includes(name)), displaced };
}
