import type OpenAI from 'openai';
import type { Dispatcher, fetch as undiciFetch } from 'undici';
import { linkAbort } from '../../../util/linked-abort.js';
import { BodyTooLargeError } from './body-too-large.js';
import { proxyFor } from './proxy.js';
import type { ServerAddress } from './server-address.js';

/** One request to a server, which its key goes with. */
export interface ServerRequest {
  readonly route: string;
  readonly query?: Readonly<Record<string, string>>;
  /** JSON as text, or a form; without either it is a GET. */
  readonly body?: string | FormData;
  readonly signal: AbortSignal;
  /** Elsewhere at the same server. */
  readonly address?: ServerAddress | undefined;
}

/** Whatever came back. */
export interface HttpResponse {
  readonly status: number;
  /** By names in small letters. */
  readonly headers: ReadonlyMap<string, string>;
  /** Unpacked; ends with {@link BodyTooLargeError} where it goes on beyond the limit. */
  readonly body: AsyncIterable<Buffer>;
}

export interface ServerConnectionParts {
  readonly address: ServerAddress;
  /** The key's among them. */
  readonly headers: Readonly<Record<string, string>>;
  /** Longest response that is read. */
  readonly maxResponseBytes: number;
  /** How long it may go without a byte. Milliseconds; default: as long as it takes. */
  readonly idleTimeoutMs?: number;
}

/** How long a connection may take to be made. Milliseconds. */
const CONNECT_TIMEOUT_MS = 30_000;
/** Deadlines are the caller's; this one only must not come before them. */
const NO_DEADLINE_MS = 2 ** 31 - 1;

/**
 * A server as seen from here: the `openai` package, with all that it decides for itself switched off. It follows no
 * redirection, repeats nothing, says nothing of this machine, and hands back status and body as they are, also where the
 * package would make an error of them and drop the server's words. Heeds the environment's proxies.
 */
export class ServerConnection implements Disposable {
  readonly #parts: ServerConnectionParts;
  readonly #proxy: URL | undefined;
  #transport: Promise<Transport> | undefined;

  /** @throws {ReflectionError} as {@link proxyFor} does. */
  constructor(parts: ServerConnectionParts) {
    this.#parts = parts;
    this.#proxy = proxyFor(parts.address.url(''));
  }

  /** @throws what undici does, the signal's abort among it. */
  async send({ route, query, body, signal, address }: ServerRequest): Promise<HttpResponse> {
    const { headers, maxResponseBytes } = this.#parts;
    this.#transport ??= openTransport(this.#parts, this.#proxy);
    const transport = await this.#transport;
    // The package never takes its listeners off a signal, and a run's lives for hours.
    const link = linkAbort(signal);
    const exchange = new Exchange(transport, maxResponseBytes);
    try {
      const response = await transport.client
        .withOptions({ fetch: exchange.fetch })
        .request({
          method: body === undefined ? 'get' : 'post',
          path: (address ?? this.#parts.address).url(route, query).href,
          headers: { ...headers, ...(typeof body === 'string' && { 'content-type': 'application/json' }) },
          ...(body !== undefined && { body }),
          signal: link.signal,
        })
        .asResponse();
      return readResponse(
        response,
        exchange.bounded(response, () => link.unlink()),
      );
    } catch (error) {
      link.unlink();
      if (exchange.refusal !== undefined) return exchange.refusal;
      throw exchange.error ?? error;
    }
  }

  [Symbol.dispose](): void {
    void this.#transport?.then(({ dispatcher }) => dispatcher.destroy());
  }
}

/** What requests go through. */
interface Transport {
  readonly client: OpenAI;
  readonly fetch: typeof undiciFetch;
  readonly dispatcher: Dispatcher;
}

/** Both packages are loaded on demand: who asks no server need not wait for them, nor give them memory. */
async function openTransport(
  { address, idleTimeoutMs = 0 }: ServerConnectionParts,
  proxy: URL | undefined,
): Promise<Transport> {
  const { default: OpenAI } = await import('openai');
  const { Agent, fetch, ProxyAgent } = await import('undici');
  const options = {
    headersTimeout: idleTimeoutMs,
    bodyTimeout: idleTimeoutMs,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  };
  // What is encrypted passes through a tunnel, so that the proxy sees where it goes, but nothing of it.
  const proxyTunnel = address.url('').protocol === 'https:';
  return {
    client: new OpenAI({
      baseURL: address.endpoint,
      // The key is among the headers, in the form in which this server wants it.
      apiKey: 'none',
      defaultHeaders: { Authorization: null },
      maxRetries: 0,
      logLevel: 'off',
      timeout: NO_DEADLINE_MS,
    }),
    fetch,
    dispatcher:
      proxy === undefined ? new Agent(options) : new ProxyAgent({ ...options, uri: proxy.href, proxyTunnel }),
  };
}

/** One request on its way, and what the package does not tell of how it ended. */
class Exchange {
  readonly #transport: Transport;
  readonly #maxBytes: number;
  /** What the server answered where it was no success. */
  refusal: HttpResponse | undefined;
  error: unknown;

  constructor(transport: Transport, maxBytes: number) {
    this.#transport = transport;
    this.#maxBytes = maxBytes;
  }

  readonly fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    try {
      const { headers, body } = await packed(init);
      const response = (await this.#transport.fetch(String(url), {
        ...(init as object),
        ...{ headers, body, redirect: 'manual', dispatcher: this.#transport.dispatcher },
      })) as unknown as Response;
      if (response.ok) return response;
      const chunks: Buffer[] = [];
      for await (const chunk of this.bounded(response)) chunks.push(chunk);
      this.refusal = readResponse(response, chunks);
      return new Response(null, { status: response.status });
    } catch (error) {
      this.error = error;
      throw error;
    }
  };

  async *bounded(response: Response, done: () => void = () => {}): AsyncGenerator<Buffer, void> {
    let size = 0;
    try {
      for await (const chunk of response.body ?? []) {
        size += chunk.length;
        if (size > this.#maxBytes) throw new BodyTooLargeError(this.#maxBytes);
        yield Buffer.from(chunk);
      }
    } finally {
      done();
    }
  }
}

function readResponse(response: Response, chunks: AsyncIterable<Buffer> | readonly Buffer[]): HttpResponse {
  return {
    status: response.status,
    headers: new Map(response.headers),
    body: Array.isArray(chunks) ? inTurn(chunks) : (chunks as AsyncIterable<Buffer>),
  };
}

async function* inTurn(chunks: readonly Buffer[]): AsyncGenerator<Buffer, void> {
  yield* chunks;
}

/** Headers and body as they are to be sent: undici's fetch takes no form of Node's, and nobody needs our platform. */
async function packed(init: RequestInit) {
  const headers = new Headers(init.headers);
  for (const name of [...headers.keys()]) if (name.startsWith('x-stainless-')) headers.delete(name);
  if (!(init.body instanceof FormData)) return { headers: [...headers], body: init.body ?? null };
  const form = new Response(init.body);
  headers.set('content-type', form.headers.get('content-type')!);
  return { headers: [...headers], body: Buffer.from(await form.arrayBuffer()) };
}

/** A whole body as text. */
export async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
