import { loadWarnings } from '../gguf/load-warnings.js';
import { named } from '../options/option-name.js';
import type { ModelDescription } from './model-description.js';
import type { NativeModelDescription } from './native-binding.js';
import { ignoredWindow, windowWarnings } from './sliding-window.js';
import { textNormalization } from './text-normalization.js';

/**
 * What the engine found in a model's file, and what follows from it.
 * @param maxLength - Tokens of the longest sequence that will be scored.
 */
export function describeModel(
  { statedWindow, ropeBase, ...described }: NativeModelDescription,
  maxLength: number,
): ModelDescription {
  const window = ignoredWindow({ ...described, statedWindow, ropeBase });
  return {
    ...described,
    textNormalization: textNormalization(described.preTokenizer),
    ignoredWindow: window,
    warnings: [...loadWarnings(described.warnings), ...windowWarnings(window, maxLength, named('maxLength'))],
  };
}
