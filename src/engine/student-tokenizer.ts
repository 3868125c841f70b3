import { availableParallelism } from 'node:os';
import { throwIfAborted } from '../util/throw-if-aborted.js';
import { checkModelFile } from './check-model-file.js';
import { describeModel } from './describe-model.js';
import { chooseDevice } from './devices.js';
import type { ModelDescription } from './model-description.js';
import { nativeAddon } from './native-binding.js';
import { fromNative } from './native-error.js';
import type { Scorer, TokenizeOptions } from './scorer.js';
import { startOf } from './start-token.js';
import { normalizeTexts } from './text-normalization.js';
import { splitTokenLists } from './token-job.js';

/** A student's tokenizer and what its file says about itself, without its weights. */
export interface StudentTokenizer extends Pick<Scorer, 'startToken' | 'maxLength' | 'tokenize'>, Disposable {
  readonly model: ModelDescription;
}

/**
 * Opens the tokenizer of a student; takes a moment and little memory, whatever the size of the student.
 * @throws {ReflectionError} `model_unloadable`, `native_unavailable` or `aborted`.
 */
export async function openStudentTokenizer(path: string, signal?: AbortSignal): Promise<StudentTokenizer> {
  // loads the back ends
  chooseDevice('cpu');
  await checkModelFile(path, signal);
  const native = await nativeAddon()
    .loadModel({ path, device: '', gpuLayers: 0, widen: false, kernels: false, metadataOnly: true })
    .catch((error: unknown) => {
      throw fromNative(error, path);
    });
  try {
    throwIfAborted(signal);
    const described = native.describe();
    const model = describeModel(described, described.contextLength);
    return {
      model,
      startToken: startOf(model, path).token,
      maxLength: model.contextLength,
      async tokenize(
        texts: readonly string[],
        { addSpecial = false, parseSpecial = false }: TokenizeOptions = {},
      ) {
        const options = { addSpecial, parseSpecial, threads: availableParallelism() };
        return splitTokenLists(
          await native.tokenize(normalizeTexts(texts, model.textNormalization), options),
        );
      },
      [Symbol.dispose]: () => native.close(),
    };
  } catch (error) {
    native.close();
    throw error;
  }
}
