import { createHash } from 'node:crypto';
import {
  type ScriptedTeacherServer,
  type SeenRequest,
  startScriptedTeacher,
  type TeacherAction,
} from '../helpers/scripted-teacher-server.js';

/** What the teacher does about a reflection, once per request; undefined answers it. `prompt` holds the row's texts. */
export type Mischief = (
  digest: string,
  kind: 'instruction' | 'response',
  prompt: string,
) => TeacherAction | undefined | Promise<TeacherAction | undefined>;

export interface RecyclingTeacher extends AsyncDisposable {
  readonly baseUrl: string;
  /** Digests of the reflections that were asked for, in order; probes left out. */
  readonly asked: readonly string[];
  readonly server: ScriptedTeacherServer;
}

const WORDS = (
  'describe compare explain river winter clock music stone bread garden letter engine bridge candle market planet ' +
  'why how when because therefore slowly often never always together without between'
).split(' ');

/** A server whose replies depend on nothing but the request, some of which a student prefers. */
export async function startRecyclingTeacher(
  mischief: Mischief = () => undefined,
  delayMs = 0,
): Promise<RecyclingTeacher> {
  const asked: string[] = [];
  const server = await startScriptedTeacher(async ({ body }: SeenRequest) => {
    const { name } = body.response_format.json_schema;
    if (name === 'probe') return reply({ word: 'ready' });
    const digest = digestOf(body.messages);
    asked.push(digest);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const kind = name === 'instruction_reflection' ? 'instruction' : 'response';
    return (await mischief(digest, kind, body.messages[1].content)) ?? reply(recycledFields(body));
  });
  return {
    baseUrl: server.baseUrl,
    asked,
    server,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** The reply to a reflection. */
// biome-ignore lint/suspicious/noExplicitAny: whatever was sent
export function recycledFields(body: any): Record<string, string> {
  const digest = digestOf(body.messages);
  const names = Object.keys(body.response_format.json_schema.schema.properties);
  return Object.fromEntries(names.map((name) => [name, textFor(name, digest, body.messages)]));
}

/**
 * Names a request in the server's log; also found in the critiques of its reply. Follows from the sample and from what is
 * asked for, not from the wording, so that tests do not depend on that.
 */
export function digestOf(messages: readonly { content: string }[]): string {
  const [system, user] = [messages[0]!.content, messages[1]!.content];
  const sample = user
    .slice(user.indexOf('<<<BEGIN'), user.lastIndexOf('<<<END'))
    .replace(/ \w{16}>>>/g, '>>>');
  const isInstruction = system.includes('"new_instruction"');
  return createHash('sha256')
    .update(JSON.stringify([sample, isInstruction]))
    .digest('hex')
    .slice(0, 12);
}

function textFor(field: string, digest: string, messages: readonly { content: string }[]): string {
  const answer = /<<<BEGIN ANSWER \w+>>>\n(.*)\n<<<END ANSWER/s.exec(messages[1]!.content)![1]!;
  const seed = Number.parseInt(digest.slice(0, 6), 16);
  switch (field) {
    case 'new_instruction':
      return seed % 2 === 0 ? `Explain in your own words: ${answer.slice(0, 60)}` : sentence(seed, 12);
    case 'new_input':
      return 'none';
    case 'new_answer':
      return seed % 3 === 0 ? `${answer} ${sentence(seed, 5)}` : sentence(seed, 30);
    case 'better_answer':
      return seed % 4 === 0 ? sentence(seed, 25) : `To begin with, ${answer}`;
    default:
      return `criticism ${digest}`;
  }
}

function sentence(seed: number, length: number): string {
  const words = Array.from({ length }, (_, i) => WORDS[(seed * (i + 3) + i * i) % WORDS.length]);
  return `${words.join(' ')}.`;
}

function reply(fields: object): TeacherAction {
  return {
    kind: 'reply',
    content: JSON.stringify(fields),
    usage: { prompt_tokens: 100, completion_tokens: 50 },
  };
}
