import type { JsonObject } from '../util/json-value.js';

/** What training programs call the member that says whether, or how much, a message is learnt. */
const MASKS = ['loss', 'training', 'weight'];

/** Whether a message is excluded from what is learnt: one of its masks is 0 or false. */
export function isMasked(message: JsonObject): boolean {
  return MASKS.some((name) => {
    const mask = message[name];
    return mask === false || mask === 0 || mask === 0n;
  });
}
