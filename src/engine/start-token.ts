import { ReflectionError } from '../errors.js';
import type { ModelDescription } from './model-description.js';

export interface StartToken {
  readonly token: number;
  readonly kind: 'bos' | 'eos';
}

/**
 * What starts a student's sequences: BOS, or end-of-text where there is no BOS.
 * @throws {ReflectionError} `model_unloadable` when the vocabulary has neither.
 */
export function startOf(model: Pick<ModelDescription, 'bos' | 'eos'>, path: string): StartToken {
  if (model.bos !== null) return { token: model.bos, kind: 'bos' };
  if (model.eos !== null) return { token: model.eos, kind: 'eos' };
  throw new ReflectionError(
    'model_unloadable',
    `${path}: the vocabulary has neither a BOS nor an end-of-text token`,
    {
      remedy: 'sequences need a token to start with; set tokenizer.ggml.bos_token_id in the GGUF file',
    },
  );
}
