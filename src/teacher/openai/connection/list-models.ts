import { isJsonObject, type JsonObject, parseJsonIfValid } from '../../../util/json-value.js';
import { linkAbort } from '../../../util/linked-abort.js';
import type { ServerAddress } from './server-address.js';
import { readText, type ServerConnection } from './server-connection.js';

const LOOK_TIMEOUT_MS = 5000;
/** Where servers tell how many tokens a request and its reply may have: vLLM and SGLang, OpenRouter and others, llama.cpp. */
const CONTEXT_NAMES = ['max_model_len', 'context_length', 'max_context_length', 'context_window', 'n_ctx'];

export interface ListedModel {
  readonly id: string;
  /** Tokens of a request and its reply; null where that is not said. */
  readonly contextLength: number | null;
}

/** The models that a server lists; undefined where nothing answers in that way. @throws the signal's reason. */
export async function listModels(
  connection: ServerConnection,
  address: ServerAddress,
  signal: AbortSignal,
): Promise<readonly ListedModel[] | undefined> {
  const link = linkAbort(signal);
  const timer = setTimeout(() => link.abort(undefined), LOOK_TIMEOUT_MS);
  try {
    const { status, body } = await connection.send({ route: '/models', address, signal: link.signal });
    const value = parseJsonIfValid(await readText(body));
    if (status !== 200 || !isJsonObject(value)) return undefined;
    const listed = value.data ?? value.models;
    return Array.isArray(listed) ? listed.flatMap(readModel) : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    clearTimeout(timer);
    link.unlink();
  }
}

function readModel(entry: unknown): readonly ListedModel[] {
  const object = isJsonObject(entry) ? entry : { id: entry };
  const id = object.id ?? object.name;
  return typeof id === 'string' ? [{ id, contextLength: contextIn(object) }] : [];
}

function contextIn(object: JsonObject): number | null {
  for (const place of [object, object.meta]) {
    if (!isJsonObject(place)) continue;
    const length = CONTEXT_NAMES.map((name) => place[name]).find((value) => typeof value === 'number');
    if (typeof length === 'number' && length > 0) return length;
  }
  return null;
}
