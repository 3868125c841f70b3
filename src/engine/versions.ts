import { nativeAddon } from './native-binding.js';

/** Version of the llama.cpp that is loaded. */
export function llamaVersion(): string {
  return nativeAddon().versions().llama;
}
