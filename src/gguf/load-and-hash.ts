import { modelHash } from './model-hash.js';

/**
 * Loads a model and finds out its {@link modelHash} at the same time. Rejects as either does, the load's own error first;
 * the hash of a model that was refused is given up, and a model whose hash fails is disposed of.
 */
export async function loadAndHash<Model extends AsyncDisposable>(
  path: string,
  load: () => Promise<Model>,
  signal?: AbortSignal,
): Promise<{ readonly model: Model; readonly hash: string }> {
  const refused = new AbortController();
  const hashing = modelHash(path, signal ? AbortSignal.any([signal, refused.signal]) : refused.signal);
  // looked at only once the model is there
  hashing.catch(() => {});
  let model: Model;
  try {
    model = await load();
  } catch (error) {
    refused.abort();
    throw error;
  }
  try {
    return { model, hash: await hashing };
  } catch (error) {
    await model[Symbol.asyncDispose]();
    throw error;
  }
}
