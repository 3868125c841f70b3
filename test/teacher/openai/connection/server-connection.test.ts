import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { causeChain } from '../../../../src/teacher/openai/connection/redact-error.js';
import { ServerAddress } from '../../../../src/teacher/openai/connection/server-address.js';
import {
  readText,
  ServerConnection,
  type ServerRequest,
} from '../../../../src/teacher/openai/connection/server-connection.js';
import { startScriptedProxy } from '../../../helpers/scripted-proxy.js';

const TLS = new URL('../../../fixtures/tls/', import.meta.url);
const PASSWORD = 'pass word/0123';
const KEY = 'Bearer for-the-server';

let servers: Server[] = [];
let connections: ServerConnection[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const connection of connections) connection[Symbol.dispose]();
  for (const server of servers) {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
  servers = [];
  connections = [];
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener) =>
  `http://127.0.0.1:${await listen(createServer(listener))}/v1`;

function serveEncrypted(listener: RequestListener): Promise<number> {
  const read = (part: string) => readFileSync(new URL(`teacher.test-${part}.pem`, TLS));
  return listen(createTlsServer({ key: read('key'), cert: read('cert') }, listener));
}

function connectTo(baseUrl: string, idleTimeoutMs?: number): ServerConnection {
  const connection = new ServerConnection({
    ...{ address: new ServerAddress(baseUrl), headers: { authorization: KEY }, maxResponseBytes: 100_000 },
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  });
  connections.push(connection);
  return connection;
}

/** What comes back, its body as text. */
async function send(connection: ServerConnection, request: Partial<ServerRequest> = {}) {
  const response = await connection.send({
    ...{ route: '/models', signal: new AbortController().signal },
    ...request,
  });
  return { ...response, text: await readText(response.body) };
}

/** What was thrown, all that it says. */
async function wordsOfFailure(sent: Promise<unknown>): Promise<string> {
  const error = await sent.then(
    () => expect.fail('nothing was thrown'),
    (thrown) => thrown,
  );
  return causeChain(error)
    .map((one) => `${one.message} ${'code' in one ? one.code : ''}`)
    .join('\n');
}

describe('a request', () => {
  it('goes out with its own headers alone, and tells nothing of this machine', async () => {
    const seen: string[][] = [];
    const baseUrl = await serve((request, response) => {
      seen.push(Object.keys(request.headers).sort());
      request.resume();
      response.end('{}');
    });
    await send(connectTo(baseUrl), { route: '/chat/completions', body: '{}' });
    expect(seen[0]!.filter((name) => /stainless|organization|project/.test(name))).toEqual([]);
    expect(seen[0]).toContain('authorization');
  });

  it.each([
    [{ route: '/models' }, 'GET /v1/models?api-version=7', ''],
    [{ route: '/batches', query: { after: 'b/1' } }, 'GET /v1/batches?api-version=7&after=b%2F1', ''],
    [{ route: '/chat/completions', body: '{"a":1}' }, 'POST /v1/chat/completions?api-version=7', '{"a":1}'],
  ])('%j is put as %s', async (request, line, body) => {
    const seen: unknown[] = [];
    const baseUrl = await serve(async (request, response) => {
      seen.push([`${request.method} ${request.url}`, request.headers.authorization, await text(request)]);
      response.end('{}');
    });
    await send(connectTo(`${baseUrl}?api-version=7`), request);
    expect(seen).toEqual([[line, KEY, body]]);
  });

  it('carries a file as a form', async () => {
    const seen: unknown[] = [];
    const baseUrl = await serve(async (request, response) => {
      const { 'content-type': type = '' } = request.headers;
      const form = await new Response(await text(request), { headers: { 'content-type': type } }).formData();
      const file = form.get('file') as File;
      seen.push([form.get('purpose'), file.name, await file.text()]);
      response.end('{}');
    });
    const body = new FormData();
    body.set('purpose', 'batch');
    body.set('file', new File(['{"ä": 1}\n', '{}\n'], 'lines.jsonl'));
    await send(connectTo(baseUrl), { route: '/files', body });
    expect(seen).toEqual([['batch', 'lines.jsonl', '{"ä": 1}\n{}\n']]);
  });
});

describe('whatever status comes back', () => {
  it.each([200, 204, 301, 400, 401, 404, 409, 422, 429, 500, 503])(
    '%i is handed back as it is, once',
    async (status) => {
      let requests = 0;
      const words = status === 204 ? '' : '[{"error": {"message": "in its own words"}}]';
      const baseUrl = await serve((request, response) => {
        requests++;
        request.resume();
        response.writeHead(status, { 'retry-after': '0', location: '/elsewhere' }).end(words);
      });
      const response = await send(connectTo(baseUrl), { body: '{}' });
      expect(response).toMatchObject({ status, text: words });
      expect(response.headers.get('location')).toBe('/elsewhere');
      expect(requests).toBe(1);
    },
  );
});

describe('a body', () => {
  const TEXT = 'packed '.repeat(1000);

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('that comes packed as %s is unpacked', async (encoding, pack) => {
    const baseUrl = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(TEXT)),
    );
    expect((await send(connectTo(baseUrl))).text).toBe(TEXT);
  });

  it.each([200, 500])('with status %i is bounded by what it unpacks to', async (status) => {
    const baseUrl = await serve((_, response) =>
      response.writeHead(status, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(200_000))),
    );
    expect(await wordsOfFailure(send(connectTo(baseUrl)))).toContain(
      'The response is longer than 100000 bytes.',
    );
  });

  it('that is not what it says it is fails', async () => {
    const baseUrl = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    );
    expect(await wordsOfFailure(send(connectTo(baseUrl)))).toContain('Z_DATA_ERROR');
  });
});

describe('a connection', () => {
  it('that breaks fails the request, which a server may have acted on, and the next one is fresh', async () => {
    let requests = 0;
    const baseUrl = await serve((request, response) => {
      if (++requests === 2) return void request.socket.destroy();
      request.resume();
      response.end('fresh');
    });
    const connection = connectTo(baseUrl);
    const post = () => send(connection, { body: '{}' });
    expect((await post()).text).toBe('fresh');
    expect(await wordsOfFailure(post())).toMatch(/UND_ERR_SOCKET|ECONNRESET/);
    expect((await post()).text).toBe('fresh');
    expect(requests).toBe(3);
  });

  it('over which no byte comes is given up', async () => {
    const baseUrl = await serve(() => {});
    expect(await wordsOfFailure(send(connectTo(baseUrl, 20)))).toContain('UND_ERR_HEADERS_TIMEOUT');
  });

  it('is left when the caller has had enough', async () => {
    const stop = new AbortController();
    const baseUrl = await serve(() => stop.abort());
    await expect(send(connectTo(baseUrl), { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('through a proxy', () => {
  const stubProxy = (variable: string, port: number) =>
    vi.stubEnv(variable, `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`);

  it('what is not encrypted goes, with the proxy’s password for the proxy alone', async () => {
    const arrived: object[] = [];
    const baseUrl = await serve((request, response) => {
      arrived.push({ ...request.headers, url: request.url });
      response.end('through');
    });
    await using proxy = await startScriptedProxy({ targetPort: Number(new URL(baseUrl).port) });
    stubProxy('http_proxy', proxy.port);
    expect((await send(connectTo('http://teacher.test:8000/v1?a=1'))).text).toBe('through');
    expect(proxy.seen).toMatchObject([
      {
        target: 'http://teacher.test:8000/v1/models?a=1',
        headers: { 'proxy-authorization': `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}` },
      },
    ]);
    expect(arrived).toMatchObject([{ url: '/v1/models?a=1', authorization: KEY }]);
    expect(arrived[0]).not.toHaveProperty('proxy-authorization');
  });

  it('what is encrypted goes in a tunnel, in which nobody reads it, to a server whose certificate is checked', async () => {
    const port = await serveEncrypted((_, response) => void response.end('never'));
    await using proxy = await startScriptedProxy({ targetPort: port });
    stubProxy('https_proxy', proxy.port);
    expect(await wordsOfFailure(send(connectTo('https://teacher.test/v1')))).toContain(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
    expect(proxy.seen).toMatchObject([{ method: 'CONNECT', target: 'teacher.test:443' }]);
    expect(proxy.seen[0]!.headers).not.toHaveProperty('authorization');
    expect(proxy.tunnelled()).not.toContain('for-the-server');
    expect(proxy.tunnelled()).not.toContain(PASSWORD);
  });

  it('that lets nothing through, the failure says so, without its password', async () => {
    await using proxy = await startScriptedProxy({ targetPort: 1, refuseWith: 407 });
    stubProxy('https_proxy', proxy.port);
    const words = await wordsOfFailure(send(connectTo('https://teacher.test/v1')));
    expect(words).toMatch(/proxy.*407|407.*proxy/is);
    expect(words).not.toContain(PASSWORD);
  });
});
