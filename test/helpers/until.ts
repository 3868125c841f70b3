// not the global one: a test may have put that under its own clock
import { setTimeout as delay } from 'node:timers/promises';

const PAUSE_MS = 10;

/**
 * Waits for what a test has brought about elsewhere, in another process for instance. It takes as long as it takes: what
 * never comes is ended by the test's own limit, and `look` throws when it can no longer come.
 */
export async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await look())) await delay(PAUSE_MS);
}
