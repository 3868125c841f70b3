import { describe, expect, it } from 'vitest';
import { ignoredWindow, type WindowFacts, windowWarnings } from '../../src/engine/sliding-window.js';

const MISTRAL_V1: WindowFacts = {
  architecture: 'llama',
  slidingWindow: 0,
  statedWindow: 0,
  contextLength: 32_768,
  width: 4096,
  layers: 32,
  ropeBase: 10_000,
};

describe('the window that llama.cpp ignores', () => {
  it.each<[string, Partial<WindowFacts>, number]>([
    ['one that the file states', { architecture: 'phi3', statedWindow: 2047, contextLength: 4096 }, 2047],
    ['one that is applied is not ignored', { statedWindow: 512, slidingWindow: 512 }, 0],
    ['Mistral 7B v0.1', {}, 4096],
    ['Mistral 7B v0.1 by a converter that leaves the usual base out', { ropeBase: 0 }, 4096],
    ['Mistral 7B v0.2', { ropeBase: 1e6 }, 0],
    ['LLaMA 2 7B', { contextLength: 4096 }, 0],
    ['StarCoder2', { architecture: 'starcoder2', contextLength: 16_384, width: 3072, layers: 30 }, 4096],
  ])('%s', (_, facts, window) => {
    expect(ignoredWindow({ ...MISTRAL_V1, ...facts })).toBe(window);
  });
});

describe('the warning about it', () => {
  it('is given where a sequence may look further back', () => {
    expect(windowWarnings(64, 66, '--max-length')).toEqual([
      expect.stringMatching(/look back over 64 tokens.*--max-length 64/),
    ]);
  });

  it('is not where none can: the last token of a sequence is predicted only', () => {
    expect(windowWarnings(64, 65, '--max-length')).toEqual([]);
    expect(windowWarnings(0, 100_000, '--max-length')).toEqual([]);
  });
});
