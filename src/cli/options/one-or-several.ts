import type { DatasetName } from '../../domain/dataset-name.js';

/** The inputs of a command line as the option that they are; undefined when there are none. */
export function oneOrSeveral(inputs: readonly string[]): DatasetName | undefined {
  return inputs.length > 1 ? inputs : inputs[0];
}
