import { setMaxListeners } from 'node:events';

/** The two stages in which a run is called off. */
export interface Interrupts extends Disposable {
  /** Nothing new is to be begun. */
  readonly stopAsking: AbortSignal;
  /** What is under way is to be given up as well. */
  readonly hangUp: AbortSignal;
}

/** Lets what is under way finish within `grace` seconds after `signal` has fired. */
export function interruptsOf(signal: AbortSignal | undefined, grace: number): Interrupts {
  const hangUp = new AbortController();
  // Every request under way listens.
  setMaxListeners(0, hangUp.signal);
  let timer: NodeJS.Timeout | undefined;
  const begin = () => {
    timer = setTimeout(() => hangUp.abort(), grace * 1000);
  };
  if (signal?.aborted) begin();
  else signal?.addEventListener('abort', begin, { once: true });
  return {
    stopAsking: signal ?? new AbortController().signal,
    hangUp: hangUp.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', begin);
    },
  };
}
