import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { serverFile } from '../../scripts/native-paths.mjs';
import { TINY_STUDENT } from './paths.js';
import { until } from './until.js';

/** llama.cpp's own server, which `npm run test:llama-server` builds; LLAMA_SERVER names another one. */
export const LLAMA_SERVER = process.env.LLAMA_SERVER ?? serverFile;
export const hasLlamaServer = existsSync(LLAMA_SERVER);

export interface LlamaServer extends AsyncDisposable {
  readonly baseUrl: string;
}

/** The real thing, with the model that is shipped, ready to be asked. */
export async function startLlamaServer(...options: readonly string[]): Promise<LlamaServer> {
  const port = await freePort();
  const place = ['--host', '127.0.0.1', '--port', String(port), '--model', TINY_STUDENT, '--threads', '1'];
  const child = spawn(LLAMA_SERVER, [...place, ...options], { stdio: ['ignore', 'ignore', 'pipe'] });
  const said = text(child.stderr);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const isReady = () =>
    fetch(`http://127.0.0.1:${port}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(async () => {
    if (child.exitCode !== null) throw new Error(`llama-server ended by itself: ${await said}`);
    return isReady();
  });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
