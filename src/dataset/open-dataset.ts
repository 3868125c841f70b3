import type { DatasetName } from '../domain/dataset-name.js';
import type { FormatName } from '../domain/format-name.js';
import { detectLayout, type FoundLayout, type LayoutChoice } from '../layout/detect-layout.js';
import type { Layout } from '../layout/layout.js';
import { type RowContent, readRowContent } from '../layout/read-row.js';
import { diagnoseObject } from './diagnose-rows.js';
import { inputName, isRereadable } from './input.js';
import { openRowsWith, type ReadRowsOptions, readRowsWith } from './open-rows.js';
import { badRow, isFault } from './parse-row.js';
import { nothingScorable, requireSample } from './require-sample.js';
import { type Content, isBad, type ObjectReader, type RowOf } from './row.js';

/** A row as its layout reads it. */
export type LaidOutRow = RowOf<RowContent>;

/** A dataset whose layout is known, to be read once. */
export interface OpenDataset extends Disposable {
  readonly format: FormatName;
  /** Where the rows lie, in order. */
  readonly files: readonly string[];
  readonly found: FoundLayout;
  /** @throws {ReflectionError} as those of {@link openRowsWith} do. */
  readonly rows: AsyncIterable<LaidOutRow>;
}

/**
 * Rows that are looked at to find out the layout, and the characters of rows that are held for it. Of what can be read only
 * once the first object has to do: who feeds a pipe may wait for what becomes of its rows.
 */
const ROWS_LOOKED_AT = 200;
const CHARACTERS_HELD = 2 ** 24;

/** A row of which it is only known that it is an object. */
interface ObjectContent extends Content {
  readonly kind: 'object';
}

const OBJECT: ObjectReader<ObjectContent> = () => ({ kind: 'object' });

/**
 * Opens a dataset and finds out from its first rows how they are laid out, as far as `choice` does not say.
 * @throws {ReflectionError} `nothing_scorable` when they are objects of no layout that is known; what {@link openRowsWith}
 * throws.
 */
export async function openDataset(
  input: DatasetName,
  choice: LayoutChoice,
  options: ReadRowsOptions = {},
): Promise<OpenDataset> {
  const source = await openRowsWith(OBJECT, input, options);
  const name = options.name ?? inputName(input);
  try {
    const rest = source.rows[Symbol.asyncIterator]();
    const looked = (await isRereadable(input)) ? ROWS_LOOKED_AT : 1;
    const first = await firstRows(rest, looked);
    const found = findLayout(first, choice, name, { isAll: first.length < looked });
    return {
      format: source.format,
      files: source.files,
      found,
      rows: laidOut(first, rest, found.layout),
      [Symbol.dispose]: source.close,
    };
  } catch (error) {
    source.close();
    throw error;
  }
}

/** Reads the objects of rows by a layout, see {@link readRowContent}. */
export function layoutReader(layout: Layout): ObjectReader<RowContent> {
  return (object) => readRowContent(object, layout);
}

/** Streams the rows of a dataset whose layout has been found out before. Rejects as {@link openRowsWith} does. */
export function readLaidOutRows(
  input: DatasetName,
  layout: Layout,
  options: ReadRowsOptions = {},
): AsyncGenerator<LaidOutRow, void> {
  return readRowsWith(layoutReader(layout), input, options);
}

/**
 * Finds out the layout of a dataset that can be read again, and makes sure that some row of it can be used.
 * @throws {ReflectionError} as {@link openDataset} and {@link requireSample} do.
 */
export async function findUsableLayout(
  input: DatasetName,
  choice: LayoutChoice,
  options: ReadRowsOptions = {},
): Promise<FoundLayout> {
  using data = await openDataset(input, choice, options);
  await requireSample(input, options, layoutReader(data.found.layout));
  return data.found;
}

async function firstRows(
  rows: AsyncIterator<RowOf<ObjectContent>>,
  most: number,
): Promise<readonly RowOf<ObjectContent>[]> {
  const first: RowOf<ObjectContent>[] = [];
  let objects = 0;
  let characters = 0;
  while (objects < most && characters < CHARACTERS_HELD) {
    const { done, value } = await rows.next();
    if (done) break;
    first.push(value);
    objects += isBad(value) ? 0 : 1;
    characters += value.text.length;
  }
  return first;
}

/** Of rows that are no objects, which no layout makes anything of. */
const NOTHING_FOUND: FoundLayout = {
  layout: { name: 'alpaca', columns: { instruction: 'instruction', output: 'output' }, tags: {} },
  rows: 0,
  matching: 0,
  unused: [],
};

function findLayout(
  rows: readonly RowOf<ObjectContent>[],
  choice: LayoutChoice,
  name: string,
  { isAll }: { readonly isAll: boolean },
): FoundLayout {
  const objects = rows.flatMap((row) => (isBad(row) || row.object === undefined ? [] : [row.object]));
  if (objects.length === 0) return NOTHING_FOUND;
  const finding = detectLayout(objects, choice);
  if (finding.kind === 'not_found') {
    const [only, other] = objects;
    const isUntold = choice.name === undefined && choice.columns === undefined;
    const isOne = isAll && isUntold && only !== undefined && other === undefined;
    throw nothingScorable(name, (isOne ? diagnoseObject(only) : undefined) ?? finding);
  }
  return finding;
}

async function* laidOut(
  first: readonly RowOf<ObjectContent>[],
  rest: AsyncIterator<RowOf<ObjectContent>>,
  layout: Layout,
): AsyncGenerator<LaidOutRow, void> {
  for (const row of first) yield layOut(row, layout);
  for (let next = await rest.next(); !next.done; next = await rest.next()) yield layOut(next.value, layout);
}

function layOut(row: RowOf<ObjectContent>, layout: Layout): LaidOutRow {
  if (isBad(row)) return row;
  const content = readRowContent(row.object!, layout);
  return isFault(content) ? badRow(row, content) : { ...row, ...content };
}
