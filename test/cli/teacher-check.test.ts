import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TINY_STUDENT } from '../helpers/paths.js';
import { refusalOf, runCli, runCliWell } from '../helpers/run-cli.js';
import { startScriptedProxy } from '../helpers/scripted-proxy.js';
import { completion, startScriptedTeacher, type TeacherAction } from '../helpers/scripted-teacher-server.js';
import { failure } from '../teacher/servers/server-case.js';

const TLS = new URL('../fixtures/tls/', import.meta.url);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'teacher-check-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** A reply to whatever a schema asks for. */
// biome-ignore lint/suspicious/noExplicitAny: whatever was sent
function reply(body: any): Extract<TeacherAction, { kind: 'reply' }> {
  const names = Object.keys(body.response_format.json_schema.schema.properties);
  const content = JSON.stringify(Object.fromEntries(names.map((name) => [name, `about ${name}`])));
  return { kind: 'reply', content, usage: { prompt_tokens: 300, completion_tokens: 60 } };
}

describe('teacher-check', () => {
  it('says how a server is asked, what it told of itself, and what it wrote', async () => {
    await using server = await startScriptedTeacher(
      ({ body }) =>
        'temperature' in body
          ? failure(400, { error: { message: 'temperature: unsupported parameter' } })
          : {
              ...reply(body),
              headers: { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '57' },
            },
      { models: [{ id: 'm', max_model_len: 32_768 }] },
    );
    const { stdout, stderr } = await runCliWell(['teacher-check', 'openai:m', '--base-url', server.baseUrl]);
    expect(stderr).toContain(`teacher openai:m at ${server.baseUrl}, without a key`);
    expect(stderr).toMatch(/note: temperature is left out\. .*temperature: unsupported parameter/);
    for (const line of [
      /^teacher +openai:m$/m,
      /^reply format +json_schema$/m,
      /^system prompt +a message of its own$/m,
      /^left out +temperature$/m,
      /^context +32,768 tokens$/m,
      /^rate limits +57 of 60 requests left$/m,
      /^latency +[\d.]+ s for a word$/m,
      /^reply +60 tokens in .* tokens\/s$/m,
      /^better_answer\n {2}about better_answer$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(server.seen).toHaveLength(3);
  });

  it('fails where the reply cannot be used, after saying all the same', async () => {
    await using server = await startScriptedTeacher(({ body }, index) =>
      index === 0 ? reply(body) : { kind: 'reply', content: 'I would rather not say.' },
    );
    const result = await runCli(['teacher-check', 'openai:m', '--base-url', server.baseUrl]);
    expect(result.code).toBe(2);
    expect(result.stdout).toContain('it wrote:\nI would rather not say.');
    expect(result.stderr).toMatch(/error: The teacher's reply to the sample cannot be used\./);
  });

  it('names what is wrong with a server at once', async () => {
    await using server = await startScriptedTeacher(() => failure(401, [{ error: { message: 'Bad key.' } }]));
    const { message } = refusalOf(await runCli(['teacher-check', 'openai:m', '--base-url', server.baseUrl]));
    expect(message).toContain('Bad key.');
    expect(server.seen).toHaveLength(1);
  });

  it('takes its teacher from the config file, too, and checks one in this process', async () => {
    await writeFile(
      join(directory, 'reflection-tuning.config.json'),
      JSON.stringify({
        ...{ teacher: `gguf:${TINY_STUDENT}`, maxFieldCharacters: 20, threads: 1, concurrency: 4 },
        'teacher-check': { teacherDevice: 'cpu', maxReplyTokens: 400 },
      }),
    );
    const { stdout } = await runCliWell(['teacher-check'], { cwd: directory });
    expect(stdout).toMatch(/^reply format +grammar$/m);
    expect(stdout).toMatch(/^helpfulness\n {2}/m);
  });

  it('has nothing to check in a journal, and needs a teacher', async () => {
    const { message } = refusalOf(await runCli(['teacher-check', 'replay:x.jsonl']));
    expect(message).toContain('there is nothing to check');
    expect(refusalOf(await runCli(['teacher-check'])).message).toContain('--teacher is missing');
  });

  it('reaches a server through the environment’s proxy, and trusts the certificates it names', async () => {
    const [key, cert] = ['key', 'cert'].map((part) => readFileSync(new URL(`teacher.test-${part}.pem`, TLS)));
    const authorizations: unknown[] = [];
    const server = createServer({ key, cert } as object, async (request, response) => {
      authorizations.push(request.headers.authorization);
      if (request.method === 'GET') return void response.writeHead(404).end();
      response.end(JSON.stringify(completion(reply(await json(request)))));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      await using proxy = await startScriptedProxy({ targetPort: (server.address() as AddressInfo).port });
      const environment = {
        HTTPS_PROXY: `http://me:pass-0123456789@127.0.0.1:${proxy.port}`,
        NODE_EXTRA_CA_CERTS: fileURLToPath(new URL('teacher.test-cert.pem', TLS)),
        OPENAI_API_KEY: 'sk-for-the-server-0123456789',
      };
      const check = ['teacher-check', 'openai:m', '--base-url', 'https://teacher.test'];
      const { stderr } = await runCliWell(check, { environment });
      expect(stderr).toContain(
        `at https://teacher.test/v1, with the key in OPENAI_API_KEY, through the proxy http://127.0.0.1:${proxy.port}`,
      );
      expect(stderr).not.toContain('pass-0123456789');
      expect(new Set(proxy.seen.map(({ target }) => target))).toEqual(new Set(['teacher.test:443']));
      expect(proxy.tunnelled()).not.toContain('sk-for-the-server');
      expect(new Set(authorizations)).toEqual(new Set(['Bearer sk-for-the-server-0123456789']));

      const untrusted = await runCli(check, { environment: { ...environment, NODE_EXTRA_CA_CERTS: '' } });
      const { message, remedy } = refusalOf(untrusted);
      expect(message).toContain('self-signed certificate');
      expect(remedy).toContain('NODE_EXTRA_CA_CERTS');
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});
