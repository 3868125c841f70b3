import { describe, expect, it } from 'vitest';
import { flagOf, named, nameFlags } from '../../src/options/option-name.js';

describe('nameFlags', () => {
  it('makes flags of the options that a message names, and of nothing else', () => {
    expect(flagOf('maxCost')).toBe('--max-cost');
    expect(nameFlags(`Raise ${named('maxLength')}, or name another ${named('dataset')}.`)).toBe(
      'Raise --max-length, or name another <dataset>.',
    );
    expect(nameFlags('maxLength, `auto`, `doctor run`')).toBe('maxLength, `auto`, `doctor run`');
  });
});
