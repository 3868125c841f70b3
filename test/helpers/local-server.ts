import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { until } from './until.js';

export interface LocalServer extends AsyncDisposable {
  readonly baseUrl: string;
  /** Resolves once nobody is connected and nothing is being handled: what a process that is gone has sent has arrived. */
  quiet(): Promise<void>;
}

/** A server on this machine, at a port of the system's choice, that hands every request to `handle`. */
export async function startLocalServer(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<LocalServer> {
  let handling = 0;
  const server = createServer(async (request, response) => {
    handling++;
    await handle(request, response).finally(() => handling--);
  });
  const connections = promisify(server.getConnections.bind(server));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    quiet: () => until(async () => (await connections()) === 0 && handling === 0),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
