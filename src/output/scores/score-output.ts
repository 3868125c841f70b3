import type { Content, RowOf } from '../../dataset/row.js';
import type { Fingerprint } from '../../domain/fingerprint.js';
import type { JsonObject } from '../../util/json-value.js';
import type { RowOrigin } from '../row-origin.js';
import type { ScoreKind } from './score-fields.js';

/** Where the lines of scored rows go. Disposing of it before {@link finish} keeps what can be gone on with. */
export interface ScoreOutput extends AsyncDisposable {
  /** Rows that earlier attempts have finished; 0 unless resuming. */
  readonly finishedRows: number;
  /** What the user should know about this output, a sentence each. */
  readonly notes: readonly string[];
  /**
   * The finished line of a row with exactly this text, if an earlier attempt got that far.
   * @param kind - Of its score; that of a sample unless told.
   */
  lookup(row: RowOf<Content>, kind?: ScoreKind): Promise<string | undefined>;
  /** Adds a line, in the order of the calls. @throws {ReflectionError} `output_unwritable`. */
  append(line: string): Promise<void>;
  /** Ends the output, `meta` beside it where there is such a place. */
  finish(meta: object): Promise<void>;
}

export interface ScoreOutputOptions {
  /** Where the rows come from. */
  readonly origin?: RowOrigin | undefined;
  readonly fingerprint: Fingerprint;
  /** Take earlier lines over although their numbers are rounded in another way. Default false. */
  readonly acceptChanges?: boolean;
}

/** With nothing left to do when the output is there, finished, and was made with the same parameters. */
export type OpenedScoreOutput =
  | { readonly alreadyComplete: false; readonly output: ScoreOutput }
  | { readonly alreadyComplete: true; readonly meta: JsonObject };
