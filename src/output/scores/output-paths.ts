import { withoutEnding } from '../../domain/format-name.js';

/** The files that belong to one output. All but `output` and `meta` are gone once it is finished. */
export interface OutputPaths {
  readonly output: string;
  /** How the output was made: `scores.jsonl`, like `scores.parquet` and `scores.json.gz`, has `scores.meta.json`. */
  readonly meta: string;
  /** The lines of this attempt so far. */
  readonly partial: string;
  /** The parameters the unfinished attempts were made with. */
  readonly partialMeta: string;
  /** The lines of earlier attempts. */
  readonly previous: string;
  /** The output in the format it is to have, where that is not plain lines. */
  readonly packed: string;
  /** Held by the process that is writing. */
  readonly lock: string;
}

export function outputPaths(output: string): OutputPaths {
  return {
    output,
    meta: `${withoutEnding(output)}.meta.json`,
    partial: `${output}.partial`,
    partialMeta: `${output}.partial.meta.json`,
    previous: `${output}.partial.previous`,
    packed: `${output}.partial.packed`,
    lock: `${output}.partial.lock`,
  };
}
