import { isJsonObject, type JsonObject } from '../../util/json-value.js';
import { textOrNull } from '../openai/chat/absent.js';
import { errorWordsIn } from '../openai/chat/error-words.js';

/** A batch as a provider tells of it. */
export interface Batch {
  readonly id: string;
  /** `open` batches are waited for; `cut_short` ones end without results for all of their requests. */
  readonly phase: 'open' | 'finished' | 'cut_short' | 'failed';
  /** The provider's own word for that. */
  readonly status: string;
  /** Our own name for it. */
  readonly ticket: string | null;
  /** Files with results. */
  readonly files: readonly string[];
  /** What is wrong with it, in the provider's words; empty when nothing is said. */
  readonly errors: string;
}

/** Under which a batch carries our own name for it. */
export const TICKET = 'ticket';

const PHASES: Readonly<Record<string, Batch['phase']>> = {
  ...{ completed: 'finished', complete: 'finished', succeeded: 'finished', success: 'finished' },
  ...{ done: 'finished', ended: 'finished' },
  ...{ expired: 'cut_short', timeout_exceeded: 'cut_short', cancelled: 'cut_short', canceled: 'cut_short' },
  ...{ failed: 'failed', error: 'failed' },
};

/** Reads a batch with all that may stand for what is absent; undefined for what is none. */
export function readBatch(value: unknown): Batch | undefined {
  // Some wrap it, as they wrap everything.
  const body = isJsonObject(value) && value.id === undefined && isJsonObject(value.data) ? value.data : value;
  if (!isJsonObject(body)) return undefined;
  const id = textOrNull(body.id);
  if (id === null) return undefined;
  const status = textOrNull(body.status) ?? 'unknown';
  return {
    id,
    phase: PHASES[status.toLowerCase()] ?? 'open',
    status,
    ticket: isJsonObject(body.metadata) ? textOrNull(body.metadata[TICKET]) : null,
    files: [body.output_file_id, body.error_file_id].flatMap((file) => textOrNull(file) ?? []),
    errors: errorsOf(body),
  };
}

function errorsOf({ errors, error }: JsonObject): string {
  const listed = isJsonObject(errors) ? (errors.data ?? errors) : errors;
  const { message, codes } = errorWordsIn({ errors: listed, error });
  return [codes, message].filter((words) => words !== '').join(': ');
}

/** A page of a provider's list of batches. */
export interface BatchPage {
  readonly batches: readonly Batch[];
  /** The last one's name where there are more; null on the last page. */
  readonly after: string | null;
}

export function readBatchPage(value: unknown): BatchPage {
  const body = isJsonObject(value) ? value : {};
  const listed = Array.isArray(value) ? value : Array.isArray(body.data) ? body.data : [];
  const batches = listed.flatMap((item) => readBatch(item) ?? []);
  return { batches, after: body.has_more === true ? (batches.at(-1)?.id ?? null) : null };
}
