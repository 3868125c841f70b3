/** A dataset as people name it: a file, a folder, a pattern, `-` for standard input, or several of these in order. */
export type DatasetName = string | readonly string[];

/** The names that a dataset is made of, at least one. */
export function namesIn(dataset: DatasetName): readonly string[] {
  return typeof dataset === 'string' ? [dataset] : dataset;
}

/** What stands for the whole dataset in messages and in names of outputs. */
export function firstNameIn(dataset: DatasetName): string {
  return namesIn(dataset)[0] ?? '';
}
