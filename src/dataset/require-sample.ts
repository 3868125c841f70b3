import { type DatasetName, firstNameIn } from '../domain/dataset-name.js';
import { ReflectionError } from '../errors.js';
import { openByteSource } from './byte-source.js';
import { type Diagnosis, diagnoseRows } from './diagnose-rows.js';
import { inputName, isRereadable } from './input.js';
import { type ReadRowsOptions, readRowsWith } from './open-rows.js';
import { type BadRow, type Content, isBad, type ObjectReader } from './row.js';

/** Enough to tell what a dataset is instead. */
const ROWS_KEPT = 20;
/** Rows that are larger are kept only as the first, and of that a beginning. */
const LONGEST_KEPT = 64 * 1024;
/** A document that is larger is not read as a whole to say what it is. */
const LARGEST_DOCUMENT = 64 * 1024 * 1024;

/** Rows no sample can be made of, as far as they tell what their dataset is. */
export class UnusableRows {
  readonly #first: BadRow[] = [];
  #count = 0;

  add(row: BadRow): void {
    this.#count += 1;
    const isLarge = row.text.length > LONGEST_KEPT;
    if (this.#first.length < ROWS_KEPT && (!isLarge || this.#count === 1)) {
      // a slice of a text would keep all of it
      const text = isLarge ? Buffer.from(row.text.slice(0, LONGEST_KEPT)).toString() : row.text;
      this.#first.push({ ...row, text });
    }
  }

  get count(): number {
    return this.#count;
  }

  /**
   * The error of a dataset that has no other rows: what was found, and what to do.
   * @param input - Looked into once more if that is possible.
   * @param name - As the user named it.
   */
  async error(input: DatasetName, name = inputName(input)): Promise<ReflectionError> {
    const isDocument = this.#first[0]?.text.startsWith('{') === true && this.#first[0].object === undefined;
    const document =
      isDocument && (await isRereadable(input)) ? await documentIn(firstNameIn(input)) : undefined;
    return nothingScorable(name, diagnoseRows(this.#first, this.#count, document));
  }
}

export function nothingScorable(name: string, { found, remedy }: Diagnosis): ReflectionError {
  const subject = name === inputName('-') ? 'Standard input' : `The dataset ${name}`;
  return new ReflectionError('nothing_scorable', `${subject} has no row that can be scored: ${found}.`, {
    remedy,
  });
}

/**
 * Makes sure, before time is spent on models, that some row of a dataset can be used. Reads as far as the first that
 * can.
 * @throws {ReflectionError} `nothing_scorable` saying what was found instead; what {@link readRowsWith} throws.
 */
export async function requireSample(
  input: DatasetName,
  options: ReadRowsOptions,
  read: ObjectReader<Content>,
): Promise<void> {
  const unusable = new UnusableRows();
  for await (const row of readRowsWith(read, input, options)) {
    if (!isBad(row)) return;
    unusable.add(row);
  }
  throw await unusable.error(input, options.name);
}

/** The one JSON value that a file holds; undefined when it is none or too large. */
async function documentIn(input: string): Promise<unknown> {
  const source = openByteSource(input, 1024 * 1024);
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of source.chunks) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LARGEST_DOCUMENT) return undefined;
    }
    return JSON.parse(
      Buffer.concat(chunks)
        .toString()
        .replace(/^\uFEFF/, ''),
    );
  } catch {
    return undefined;
  } finally {
    source.close();
  }
}
