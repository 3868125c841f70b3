/**
 * Prompts of random tokens, as llama-bench makes them: speed does not depend on what they say. The same on every
 * call, and no two begin alike.
 */
export function randomPrompts(count: number, length: number, vocabSize: number): readonly Int32Array[] {
  let state = 1;
  // Park and Miller's generator
  const next = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % vocabSize;
  };
  return Array.from({ length: count }, () => Int32Array.from({ length }, next));
}
