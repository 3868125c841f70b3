import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { type LocalServer, startLocalServer } from './local-server.js';
import { perform, type SeenRequest, type TeacherAction } from './scripted-teacher-server.js';

export interface BatchLine {
  readonly custom_id: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent; the tests look into it
  readonly body: any;
}

export interface BatchScript {
  /** What requests outside of batches are answered with. Default: the probe's word. */
  readonly chat?: (request: SeenRequest, index: number) => TeacherAction;
  /** How a batch is told of, which providers do in different words. Default: as OpenAI does. */
  readonly tell?: (batch: Record<string, unknown>) => unknown;
  /** Called with the path of every request. */
  readonly see?: (path: string) => void;
  /** What comes in place of a batch or a file, the whole answer. */
  readonly refuse?: (route: string) => TeacherAction | undefined;
  /** The result line for one request of a batch; undefined leaves the request undone. */
  readonly result: (line: BatchLine) => unknown;
  /** How a batch ends. Default `completed`. */
  readonly ends?: 'completed' | 'expired' | 'failed';
  /** Looks at a batch before it has ended. Default 2. */
  readonly looks?: number;
  /** Turns a batch down while so many requests would wait. */
  readonly mostWaiting?: number;
  /** Breaks the connection in place of confirming the creation of the batch of this index. */
  readonly loseConfirmation?: (index: number) => boolean;
}

export interface ScriptedBatchServer extends LocalServer {
  /** Requests that came outside of batches; each is answered as the probe is. */
  readonly probes: readonly unknown[];
  /** The requests of every batch created, in the order of creation. */
  readonly batches: readonly (readonly BatchLine[])[];
}

interface StoredBatch {
  readonly id: string;
  readonly metadata: unknown;
  readonly lines: readonly BatchLine[];
  readonly isCrowdedOut: boolean;
  looks: number;
}

/** A provider's batch API on this machine, as far as it is used, with its batches in memory. */
export async function startScriptedBatches(script: BatchScript): Promise<ScriptedBatchServer> {
  const files = new Map<string, string>();
  const batches: StoredBatch[] = [];
  const probes: unknown[] = [];

  const hasEnded = ({ looks, isCrowdedOut }: StoredBatch) => isCrowdedOut || looks >= (script.looks ?? 2);

  function isCrowded(lines: readonly BatchLine[]): boolean {
    const waiting = batches.filter((batch) => !hasEnded(batch)).flatMap((batch) => batch.lines);
    return waiting.length + lines.length > (script.mostWaiting ?? Number.POSITIVE_INFINITY);
  }

  function view(batch: StoredBatch) {
    const ended = hasEnded(batch);
    const status = !ended ? 'in_progress' : batch.isCrowdedOut ? 'failed' : (script.ends ?? 'completed');
    const error = batch.isCrowdedOut
      ? { code: 'token_limit_exceeded', message: 'Enqueued token limit reached.' }
      : { message: 'Line 1 is odd.' };
    const errors = status === 'failed' ? { data: [error] } : null;
    const output_file_id = ended && status !== 'failed' ? `out-${batch.id}` : null;
    const told = {
      id: batch.id,
      metadata: batch.metadata,
      status,
      errors,
      output_file_id,
      error_file_id: null,
    };
    return script.tell?.(told) ?? told;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    script.see?.(request.url ?? '');
    const path = new URL(request.url ?? '', 'http://x').pathname.replace(
      /^.*?(?=\/(?:chat\/completions|files|batches))/,
      '',
    );
    const route = `${request.method} ${path}`;
    const send = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const id = path.split('/')[2] ?? '';
    const refusal = script.refuse?.(route);
    if (refusal !== undefined) perform(refusal, response);
    else if (route === 'POST /chat/completions') {
      const seen = { path: request.url ?? '', headers: request.headers, body: JSON.parse(body) };
      probes.push(seen.body);
      if (script.chat !== undefined) return perform(script.chat(seen, probes.length - 1), response);
      const message = { content: '{"word": "ready"}' };
      const usage = { prompt_tokens: 10, completion_tokens: 5 };
      send({ model: 'batched', choices: [{ finish_reason: 'stop', message }], usage });
    } else if (route === 'POST /files') {
      const name = `file-${files.size}`;
      files.set(name, body);
      send({ id: name });
    } else if (route === 'POST /batches') {
      const { input_file_id, metadata } = JSON.parse(body);
      const lines = readUpload(files.get(input_file_id) ?? '');
      const isCrowdedOut = isCrowded(lines);
      batches.push({ id: `batch-${batches.length}`, metadata, lines, isCrowdedOut, looks: 0 });
      if (script.loseConfirmation?.(batches.length - 1)) response.destroy();
      else send(view(batches.at(-1)!));
    } else if (route === 'GET /batches') {
      send({ data: batches.map(view), has_more: false });
    } else if (route === `GET /batches/${id}`) {
      const batch = batches.find((candidate) => candidate.id === id)!;
      batch.looks++;
      send(view(batch));
    } else if (route === `GET /files/${id}/content`) {
      const { lines } = batches.find((batch) => `out-${batch.id}` === id)!;
      // Providers give no order.
      const results = lines
        .map(script.result)
        .filter((result) => result !== undefined)
        .reverse();
      response.end(results.map((result) => `${JSON.stringify(result)}\n`).join(''));
    } else response.writeHead(404).end();
  }

  return {
    ...(await startLocalServer(answer)),
    probes,
    get batches() {
      return batches.map(({ lines }) => lines);
    },
  };
}

/** The JSON lines out of a multipart form. */
function readUpload(form: string): BatchLine[] {
  return form
    .split(/\r?\n/)
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
}
