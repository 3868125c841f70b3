import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { type LocalServer, startLocalServer } from './local-server.js';

/** A request as the server got it. */
export interface SeenRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent; the tests look into it
  readonly body: any;
}

/** What the server does with a request. */
export type TeacherAction =
  | {
      readonly kind: 'reply';
      readonly content: string | null;
      readonly finishReason?: string;
      readonly refusal?: string;
      readonly usage?: object | null;
      /** More of the message, such as its thinking. */
      readonly message?: object;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: unknown;
    }
  /** Any body, of any type. */
  | {
      readonly kind: 'raw';
      readonly body: string;
      readonly status?: number;
      readonly type?: string | undefined;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** One byte every few milliseconds, for ever. */
  | { readonly kind: 'drip' }
  /** As many bytes as the connection takes, for ever. */
  | { readonly kind: 'endless' }
  /** The beginning of a reply, then a reset connection. */
  | { readonly kind: 'cut' }
  /** No byte at all. */
  | { readonly kind: 'hang' };

export type TeacherScript = (request: SeenRequest, index: number) => TeacherAction | Promise<TeacherAction>;

export interface ScriptedTeacherServer extends LocalServer {
  readonly seen: readonly SeenRequest[];
  /** Requests being worked on at once, at most so far. */
  readonly mostAtOnce: number;
}

export interface ScriptedPlace {
  /** The path that the protocol is at. Default `/v1`; what is asked for elsewhere is not there. */
  readonly path?: string;
  /** The server's list of models; without one there is no list. */
  readonly models?: readonly object[];
}

/** A real HTTP server on this machine that answers, or fails, as told. */
export async function startScriptedTeacher(
  script: TeacherScript,
  { path, models }: ScriptedPlace = {},
): Promise<ScriptedTeacherServer> {
  const seen: SeenRequest[] = [];
  let atOnce = 0;
  let mostAtOnce = 0;
  const server = await startLocalServer(async (request, response) => {
    const url = request.url ?? '';
    const isElsewhere = path !== undefined && !url.startsWith(`${path}/`);
    if (request.method === 'GET' || isElsewhere) {
      const isList =
        !isElsewhere && models !== undefined && new URL(url, 'http://x').pathname.endsWith('/models');
      const [status, found] = isList
        ? [200, { object: 'list', data: models }]
        : [404, { detail: 'Not Found' }];
      request.resume();
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(found));
      return;
    }
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    response.on('close', () => atOnce--);
    const body = await json(request);
    const seenRequest = { path: url, headers: request.headers, body };
    seen.push(seenRequest);
    perform(await script(seenRequest, seen.length - 1), response);
  });
  return {
    ...server,
    seen,
    get mostAtOnce() {
      return mostAtOnce;
    },
  };
}

export function perform(action: TeacherAction, response: ServerResponse): void {
  const jsonHeaders = { 'content-type': 'application/json' };
  switch (action.kind) {
    case 'reply':
      response.writeHead(200, { ...jsonHeaders, ...action.headers }).end(JSON.stringify(completion(action)));
      return;
    case 'status':
      response
        .writeHead(action.status, { ...jsonHeaders, ...action.headers })
        .end(JSON.stringify(action.body ?? { error: { message: 'as scripted' } }));
      return;
    case 'raw': {
      const { body, status = 200, type = 'application/json', headers } = action;
      response.writeHead(status, { 'content-type': type, ...headers }).end(body);
      return;
    }
    case 'drip':
      response.writeHead(200, jsonHeaders);
      repeat(response, () => response.write(' '));
      return;
    case 'endless':
      response.writeHead(200, jsonHeaders);
      repeat(response, () => response.write(' '.repeat(64 * 1024)));
      return;
    case 'cut':
      response.writeHead(200, { ...jsonHeaders, 'content-length': '1000' });
      response.write('{"choices": [', () => response.destroy());
      return;
    case 'hang':
  }
}

function repeat(response: ServerResponse, step: () => void): void {
  const timer = setInterval(step, 5);
  response.on('close', () => clearInterval(timer));
}

/** The body of a reply. */
export function completion(action: Extract<TeacherAction, { kind: 'reply' }>): object {
  const { content, finishReason = 'stop', refusal = null, usage, message } = action;
  return {
    id: 'scripted',
    object: 'chat.completion',
    model: 'scripted-model-001',
    choices: [
      { index: 0, finish_reason: finishReason, message: { role: 'assistant', content, refusal, ...message } },
    ],
    usage: usage === undefined ? { prompt_tokens: 10, completion_tokens: 5 } : usage,
  };
}
