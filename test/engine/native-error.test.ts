import { describe, expect, it } from 'vitest';
import { plainReason } from '../../src/engine/native-error.js';

const LOADING = 'llama_model_load: error loading model: error loading model vocabulary: ';

describe('what a container of C++ says for itself', () => {
  it.each([
    '_Map_base::at',
    'map::at',
    'unordered_map::at: key not found',
    'vector::_M_range_check: __n (which is 7) >= this->size() (which is 7)',
    'vector',
    'basic_string::substr: __pos (which is 3) > this->size() (which is 2)',
  ])('is explained: %s', (said) => {
    const reason = plainReason(`${LOADING}${said}; llama_model_load_from_file_impl: failed to load model`);
    expect(reason).toContain('llama.cpp looked for something in the file’s metadata that is not there');
    expect(reason).toContain(`(${said})`);
  });

  it.each(['vector of 3 tensors is too long', 'unknown pre-tokenizer type: map', 'mapping failed'])(
    'is not seen in a sentence: %s',
    (sentence) => expect(plainReason(`${LOADING}${sentence}`)).toBe(sentence),
  );
});
