/**
 * Runs work that Ctrl-C (or SIGTERM) ends cleanly: the first signal aborts it, a second one kills the process as it
 * would have without us.
 */
export async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  // Stays in place after the first signal: a package of node-llama-cpp's kills the process once nobody else listens.
  const interrupt = (name: NodeJS.Signals) => {
    if (!controller.signal.aborted) return controller.abort();
    callOff();
    process.kill(process.pid, name);
  };
  const callOff = () => process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(controller.signal);
  } finally {
    callOff();
  }
}
