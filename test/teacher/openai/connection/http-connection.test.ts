import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  HttpConnection,
  type HttpRequest,
  readText,
} from '../../../../src/teacher/openai/connection/http-connection.js';
import { startScriptedProxy } from '../../../helpers/scripted-proxy.js';

const TLS = new URL('../../../fixtures/tls/', import.meta.url);
const PASSWORD = 'pass word/0123';

let servers: Server[] = [];
let connection: HttpConnection;
beforeEach(() => {
  connection = new HttpConnection(100_000);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  connection[Symbol.dispose]();
  for (const server of servers) {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
  servers = [];
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const serve = (listener: RequestListener) => listen(createServer(listener));
const serveEncrypted = (listener: RequestListener) => {
  const [key, cert] = ['key', 'cert'].map((part) => readFileSync(new URL(`teacher.test-${part}.pem`, TLS)));
  return listen(createTlsServer({ key, cert } as object, listener));
};

async function get(address: string, changes: Partial<HttpRequest> = {}) {
  const { signal } = new AbortController();
  const response = await connection.send({
    method: 'GET',
    url: new URL(address),
    headers: {},
    signal,
    ...changes,
  });
  return { ...response, text: await readText(response.body) };
}

describe('a body', () => {
  const TEXT = 'packed '.repeat(1000);

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('that comes packed as %s is unpacked', async (encoding, pack) => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(TEXT)),
    );
    expect((await get(`http://127.0.0.1:${port}`)).text).toBe(TEXT);
  });

  it('is bounded by what it unpacks to', async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('x'.repeat(200_000))),
    );
    await expect(get(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
      message: 'The response is longer than 100000 bytes.',
    });
  });

  it('that is not what it says it is fails', async () => {
    const port = await serve((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip'),
    );
    await expect(get(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'Z_DATA_ERROR' });
  });
});

describe('a connection that was kept open', () => {
  /** Answers one request of a connection and breaks it at the next. */
  async function serveOnce() {
    const answered = new WeakSet<Socket>();
    let connections = 0;
    const server = createServer((request, response) => {
      if (answered.has(request.socket)) return void request.socket.destroy();
      answered.add(request.socket);
      request.resume();
      response.end('fresh');
    });
    server.on('connection', () => connections++);
    return { port: await listen(server), connections: () => connections };
  }

  it('and has broken is replaced for a question', async () => {
    const { port, connections } = await serveOnce();
    for (const _ of [1, 2]) expect((await get(`http://127.0.0.1:${port}`)).text).toBe('fresh');
    expect(connections()).toBe(2);
  });

  it('and has broken fails what a server may have acted on', async () => {
    const { port, connections } = await serveOnce();
    const post = () => get(`http://127.0.0.1:${port}`, { method: 'POST', body: '{}' });
    expect((await post()).text).toBe('fresh');
    await expect(post()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(connections()).toBe(1);
  });
});

describe('a server that says nothing', () => {
  it('is given up when no byte comes for too long', async () => {
    const port = await serve(() => {});
    await expect(get(`http://127.0.0.1:${port}`, { idleTimeoutMs: 20 })).rejects.toThrow(
      'no byte came within 0.02 s',
    );
  });

  it('is left when the caller has had enough', async () => {
    const stop = new AbortController();
    const port = await serve(() => stop.abort());
    await expect(get(`http://127.0.0.1:${port}`, { signal: stop.signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('through a proxy', () => {
  it('what is not encrypted goes as a whole address, with the proxy’s password for the proxy alone', async () => {
    const headers: object[] = [];
    const port = await serve((request, response) => {
      headers.push(request.headers);
      response.end(`${request.method} ${request.url}`);
    });
    await using proxy = await startScriptedProxy({ targetPort: port });
    vi.stubEnv('http_proxy', `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`);
    const { text } = await get('http://teacher.test:8000/v1/models?a=1', {
      headers: { authorization: 'Bearer k' },
    });
    expect(text).toBe('GET /v1/models?a=1');
    expect(proxy.seen).toMatchObject([
      {
        target: 'http://teacher.test:8000/v1/models?a=1',
        headers: {
          host: 'teacher.test:8000',
          'proxy-authorization': `Basic ${Buffer.from(`me:${PASSWORD}`).toString('base64')}`,
        },
      },
    ]);
    expect(headers).toMatchObject([{ host: 'teacher.test:8000', authorization: 'Bearer k' }]);
  });

  it('what is encrypted goes through a tunnel, in which nobody reads it, to a server whose certificate is checked', async () => {
    const port = await serveEncrypted((_, response) => void response.end('never'));
    await using proxy = await startScriptedProxy({ targetPort: port });
    vi.stubEnv('https_proxy', `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`);
    const asked = get('https://teacher.test/v1', { headers: { authorization: 'Bearer for-the-server' } });
    await expect(asked).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(proxy.seen).toMatchObject([{ method: 'CONNECT', target: 'teacher.test:443' }]);
    expect(proxy.seen[0]!.headers).not.toHaveProperty('authorization');
    expect(proxy.tunnelled()).not.toContain('for-the-server');
    expect(proxy.tunnelled()).not.toContain(PASSWORD);
  });

  it('that lets nothing through, the failure names it, but not its password', async () => {
    await using proxy = await startScriptedProxy({ targetPort: 1, refuseWith: 407 });
    vi.stubEnv('https_proxy', `http://me:${encodeURIComponent(PASSWORD)}@127.0.0.1:${proxy.port}`);
    const error: Error = await get('https://teacher.test/v1').catch((thrown) => thrown);
    expect(error.message).toBe(`The proxy http://127.0.0.1:${proxy.port} answered with status 407.`);
  });
});
