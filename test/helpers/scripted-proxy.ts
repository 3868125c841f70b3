import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** What a proxy was asked for. */
export interface ProxiedRequest {
  /** `CONNECT`, or that of a request it passes on itself. */
  readonly method: string;
  /** A host with its port, or a whole address. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
}

export interface ScriptedProxy extends AsyncDisposable {
  readonly port: number;
  readonly seen: readonly ProxiedRequest[];
  /** All bytes that went through its tunnels from clients, as text. */
  readonly tunnelled: () => string;
}

export interface ProxyScript {
  /** The port on this machine that every name stands for. */
  readonly targetPort: number;
  /** In place of letting anything through. */
  readonly refuseWith?: number;
}

/** A proxy on this machine, for which all the world is one port of it. */
export async function startScriptedProxy({ targetPort, refuseWith }: ProxyScript): Promise<ScriptedProxy> {
  const seen: ProxiedRequest[] = [];
  const sockets = new Set<Socket>();
  let tunnelled = '';
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    seen.push({ method, target: url, headers });
    if (refuseWith !== undefined) return void response.writeHead(refuseWith).end();
    const { pathname, search } = new URL(url);
    const { 'proxy-authorization': _, ...passedOn } = headers;
    const onward = httpRequest(
      { host: '127.0.0.1', port: targetPort, method, path: pathname + search, headers: passedOn },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
  });
  server.on('connect', ({ method = '', url = '', headers }, client: Socket) => {
    seen.push({ method, target: url, headers });
    if (refuseWith !== undefined) return void client.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`);
    const onward = connect(targetPort, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.on('data', (bytes: Buffer) => {
        tunnelled += bytes.toString('latin1');
      });
      client.pipe(onward).pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.on('close', () => onward.destroy()).on('error', () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    seen,
    tunnelled: () => tunnelled,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
