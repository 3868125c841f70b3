import { STANDARD_OUTPUT } from '../../options/default-output.js';
import { standardOutputSink } from '../byte-sink.js';
import { LineWriter } from '../line-writer.js';
import { type ReservationOptions, ReservedOutput } from './reserved-output.js';
import { ScoreFile } from './score-file.js';
import type { OpenedScoreOutput, ScoreOutput, ScoreOutputOptions } from './score-output.js';

/** An output of scores that this process may write, before it is known what exactly its lines will depend on. */
export interface ScoreReservation extends AsyncDisposable {
  /** @throws {ReflectionError} as {@link ScoreFile.open} does. */
  open(options: ScoreOutputOptions): Promise<OpenedScoreOutput>;
}

/**
 * Reserves a file, see {@link ReservedOutput.reserve}, or for `-` standard output, where there is nothing earlier.
 * @throws {ReflectionError} as reserving a file does.
 */
export async function reserveScores(options: ReservationOptions): Promise<ScoreReservation> {
  if (options.path !== STANDARD_OUTPUT) {
    const reserved = await ReservedOutput.reserve(options);
    return {
      open: (given) => ScoreFile.open(reserved, given),
      [Symbol.asyncDispose]: () => reserved[Symbol.asyncDispose](),
    };
  }
  return {
    open: async () => ({ alreadyComplete: false, output: new ScoreStream() }),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** Scores on standard output. They cannot be gone on with, and no description of them is kept. */
class ScoreStream implements ScoreOutput {
  readonly finishedRows = 0;
  readonly notes = ['scores go to standard output, which is neither resumed nor described by a .meta.json'];
  readonly #lines = new LineWriter(standardOutputSink());

  async lookup(): Promise<undefined> {}

  append(line: string): Promise<void> {
    return this.#lines.append(line);
  }

  finish(): Promise<void> {
    return this.#lines.close({ durably: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // append() has told of a failure
    await this.#lines.close({ durably: false }).catch(() => {});
  }
}
