import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { BodyTooLargeError } from './body-too-large.js';
import { proxyAuthorization, proxyFor, TunnelAgent, withoutCredentials } from './proxy.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer | undefined;
  readonly signal: AbortSignal;
  /** How long it may go without a byte. Milliseconds; default: as long as it takes. */
  readonly idleTimeoutMs?: number | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** By names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Unpacked; ends with {@link BodyTooLargeError} where it goes on beyond the limit. */
  readonly body: AsyncIterable<Buffer>;
}

/** How long a connection may take to be made. Milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;
/** Connections are kept for the next request, but not as long as servers keep them, which is 5 s and more. */
const AGENT_OPTIONS = { keepAlive: true, timeout: 4000 };

/**
 * Sends requests and hands back whatever came, status and body as they are: redirects are not followed, failures are not
 * repeated, and how long a server may think is the caller's to say. Heeds the environment's proxies.
 */
export class HttpConnection implements Disposable {
  readonly #maxBytes: number;
  readonly #agents = new Map<string, HttpAgent>();

  /** @param maxBytes - Longest body that is read. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws what node's requests do, the signal's abort among it. */
  async send(request: HttpRequest): Promise<HttpResponse> {
    for (;;) {
      try {
        return await this.#sendOnce(request);
      } catch (error) {
        // A server may have acted on what it did not answer, unless that was but a question.
        if (!(error instanceof StaleConnectionError) || request.method !== 'GET') throw error;
      }
    }
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }

  #sendOnce({ method, url, headers, body, signal, idleTimeoutMs }: HttpRequest): Promise<HttpResponse> {
    const proxy = proxyFor(url);
    const isForwarded = proxy !== undefined && url.protocol === 'http:';
    const [target, send] = isForwarded
      ? [withoutCredentials(proxy), proxy.protocol === 'https:' ? httpsRequest : httpRequest]
      : [url, url.protocol === 'https:' ? httpsRequest : httpRequest];
    const bytes = body === undefined ? undefined : Buffer.from(body as string);
    const options = {
      method,
      signal,
      agent: this.#agent(target, isForwarded ? undefined : proxy),
      headers: {
        ...(isForwarded ? { host: url.host, ...proxyAuthorization(proxy) } : {}),
        'accept-encoding': 'gzip, deflate',
        ...headers,
        ...(bytes && { 'content-length': String(bytes.length) }),
      },
      ...(isForwarded && { path: url.href }),
    };
    return new Promise((resolve, reject) => {
      const request = send(target, options);
      giveUpConnecting(request);
      if (idleTimeoutMs !== undefined) {
        request.setTimeout(idleTimeoutMs, () => {
          request.destroy(new Error(`no byte came within ${idleTimeoutMs / 1000} s`));
        });
      }
      request.on('response', (response) => resolve(readResponse(response, this.#maxBytes)));
      request.on('error', (error: NodeJS.ErrnoException) => {
        const isStale = request.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
        reject(isStale ? new StaleConnectionError(error) : error);
      });
      request.end(bytes);
    });
  }

  /** One for each way there, as it keeps connections open. */
  #agent(target: URL, tunnel: URL | undefined): HttpAgent {
    const key = `${target.protocol} ${tunnel?.href ?? ''}`;
    const known = this.#agents.get(key);
    if (known !== undefined) return known;
    const agent =
      tunnel !== undefined
        ? new TunnelAgent(tunnel, AGENT_OPTIONS)
        : target.protocol === 'https:'
          ? new HttpsAgent(AGENT_OPTIONS)
          : new HttpAgent(AGENT_OPTIONS);
    this.#agents.set(key, agent);
    return agent;
  }
}

/** A connection that was kept open has broken; as a rule because the server had closed it by then. */
class StaleConnectionError extends Error {
  constructor(cause: Error) {
    super(cause.message, { cause });
  }
}

function giveUpConnecting(request: ClientRequest): void {
  request.on('socket', (socket) => {
    if (!socket.connecting) return;
    const timer = setTimeout(() => {
      const error = new Error(`no connection within ${CONNECT_TIMEOUT_MS / 1000} s`);
      request.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    }, CONNECT_TIMEOUT_MS);
    const stop = () => clearTimeout(timer);
    socket.once('connect', stop).once('close', stop);
  });
}

function readResponse(response: IncomingMessage, maxBytes: number): HttpResponse {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return { status: response.statusCode ?? 0, headers, body: bounded(unpacked(response), maxBytes) };
}

function unpacked(response: IncomingMessage): Readable {
  switch (response.headers['content-encoding']) {
    case 'gzip':
    case 'x-gzip':
      return failTogether(response, createGunzip());
    case 'deflate':
      return failTogether(response, createInflate());
    case 'br':
      return failTogether(response, createBrotliDecompress());
    default:
      return response;
  }
}

function failTogether<Unpacker extends NodeJS.ReadWriteStream & Readable>(
  response: Readable,
  unpacker: Unpacker,
) {
  response.on('error', (error) => unpacker.destroy(error));
  unpacker.on('close', () => response.destroy());
  return response.pipe(unpacker);
}

async function* bounded(stream: Readable, maxBytes: number): AsyncGenerator<Buffer, void> {
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw new BodyTooLargeError(maxBytes);
    yield chunk;
  }
}

/** A whole body as text. */
export async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
