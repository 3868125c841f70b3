import { nativeAddon } from './native-binding.js';

export { librariesDirectory } from '../../scripts/native-paths.mjs';
export { addonFile } from './native-binding.js';

/** Version of the llama.cpp that is loaded. */
export function llamaVersion(): string {
  return nativeAddon().versions().llama;
}
