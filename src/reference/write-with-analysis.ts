import { openFileSink } from '../output/byte-sink.js';
import { writeFiles } from '../output/pending-files.js';
import { rowFormatOf } from '../output/row-format.js';
import type { JsonObject } from '../util/json-value.js';
import { ANALYSIS_FIELDS } from './analysis.js';
import { formatPythonFloat, formatPythonJson, formatPythonString } from './format-python-json.js';

const INDENT = '    ';
/** Characters collected before they are written. */
const BATCH_LENGTH = 1024 * 1024;
const FLOATS: ReadonlySet<string> = new Set(ANALYSIS_FIELDS);

/**
 * Writes records as the research code does: one array, 4 spaces of indentation, everything beyond ASCII escaped,
 * no line feed at the end. The bytes are Python's, but for what JavaScript cannot know: a 0 among the analysis
 * fields is written as `0`, never `0.0`; in other fields whole numbers lose a `.0` and integers beyond 2^53 their
 * last digits, and keys that are whole numbers come first. Replaces what is at `path` once all is written.
 * @throws {ReflectionError} `output_unwritable`.
 */
export async function writeWithAnalysis(path: string, records: Iterable<JsonObject>): Promise<void> {
  await writeFiles(async (files) => {
    const { compression } = rowFormatOf(path);
    const file = await files.open(path, (place, name) => openFileSink(place, { compression, name }));
    for (const batch of batches(records)) await file.write(batch);
  });
}

function* batches(records: Iterable<JsonObject>): Generator<string, void> {
  let pending = '[';
  let separator = `\n${INDENT}`;
  for (const record of records) {
    pending += separator + formatRecord(record);
    separator = `,\n${INDENT}`;
    if (pending.length < BATCH_LENGTH) continue;
    yield pending;
    pending = '';
  }
  yield separator.startsWith(',') ? `${pending}\n]` : '[]';
}

/** A record among the array's elements. */
function formatRecord(record: JsonObject): string {
  const members = Object.entries(record).map(([key, value]) => {
    const isFloat = typeof value === 'number' && value !== 0 && FLOATS.has(key);
    const text = isFloat ? formatPythonFloat(value) : formatPythonJson(value, INDENT + INDENT);
    return `\n${INDENT}${INDENT}${formatPythonString(key)}: ${text}`;
  });
  return members.length === 0 ? '{}' : `{${members.join(',')}\n${INDENT}}`;
}
