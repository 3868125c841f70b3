import { HttpConnection, type HttpResponse } from './http-connection.js';
import type { ServerAddress } from './server-address.js';

/** One request to a server, which its key goes with. */
export interface ServerRequest {
  readonly route: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Without one it is a GET. */
  readonly body?: { readonly type: string; readonly content: string | Buffer };
  readonly signal: AbortSignal;
  /** How long it may go without a byte. Milliseconds; default: as long as it takes. */
  readonly idleTimeoutMs?: number;
  /** Elsewhere at the same server. */
  readonly address?: ServerAddress | undefined;
}

export interface ServerConnectionParts {
  readonly address: ServerAddress;
  /** The key's among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest response that is read. */
  readonly maxResponseBytes: number;
}

/** A server as seen from here. */
export class ServerConnection implements Disposable {
  readonly #parts: ServerConnectionParts;
  readonly #http: HttpConnection;

  constructor(parts: ServerConnectionParts) {
    this.#parts = parts;
    this.#http = new HttpConnection(parts.maxResponseBytes);
  }

  /** Whatever comes back, status and body as they are. @throws what {@link HttpConnection.send} does. */
  send(request: ServerRequest): Promise<HttpResponse> {
    const { route, query, body, signal, idleTimeoutMs, address = this.#parts.address } = request;
    const { headers } = this.#parts;
    return this.#http.send({
      method: body === undefined ? 'GET' : 'POST',
      url: address.url(route, query),
      headers: { accept: 'application/json', ...headers, ...(body && { 'content-type': body.type }) },
      body: body?.content,
      ...{ signal, idleTimeoutMs },
    });
  }

  [Symbol.dispose](): void {
    this.#http[Symbol.dispose]();
  }
}
