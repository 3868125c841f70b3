import type { ErrorCode } from '../../../src/errors.js';
import type { OpenAITeacherOptions } from '../../../src/teacher/openai/openai-teacher.js';
import type { ReplyFailure } from '../../../src/teacher/teacher.js';
import type { TeacherAction } from '../../helpers/scripted-teacher-server.js';
import { ANSWER } from '../../helpers/teacher-requests.js';

/** A request as a script sees it. */
export interface CaseRequest {
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent; the scripts look into it
  readonly body: any;
  /** Put to find out how the server can be asked. */
  readonly isProbe: boolean;
  /** Counts the requests of any kind. */
  readonly index: number;
}

/** What becomes of a request in the end. */
export type CaseEnd =
  | {
      readonly kind: 'answers';
      /** What the user has read by then, all of it. */
      readonly told?: RegExp;
      /** What the last request has. */
      readonly sent?: object;
      /** What it has not. */
      readonly unsent?: readonly string[];
      readonly reply?: object;
      /** Requests in all, for two that were asked. Default 2, and one probe. */
      readonly requests?: number;
    }
  | { readonly kind: 'fails'; readonly reason: ReplyFailure; readonly words: RegExp }
  | { readonly kind: 'stops'; readonly code: ErrorCode; readonly words: RegExp; readonly remedy: RegExp };

/** A server that somebody has, and what is made of it. */
export interface ServerCase {
  readonly name: string;
  readonly script: (request: CaseRequest) => TeacherAction;
  readonly options?: Partial<OpenAITeacherOptions>;
  readonly models?: readonly object[];
  readonly live: CaseEnd;
  /** The same in batches, unless told; null where there is no such thing in them. */
  readonly batch?: CaseEnd | null;
}

/** Replies in whatever layout the request asks for. */
export function good({ body }: Pick<CaseRequest, 'body'>): Extract<TeacherAction, { kind: 'reply' }> {
  return { kind: 'reply', content: goodContent(body) };
}

/** The text of such a reply. */
export function goodContent(body: CaseRequest['body']): string {
  const prompt: string = body.messages.map(({ content }: { content: string }) => content).join('\n');
  const isMarkers = body.response_format === undefined;
  const values: Record<string, string> = { word: 'ready', ...ANSWER };
  const names = Object.keys(values).filter((name) => prompt.includes(isMarkers ? `[${name} ` : `"${name}"`));
  if (!isMarkers) return JSON.stringify(Object.fromEntries(names.map((name) => [name, values[name]])));
  const nonce = /\[end (\w+)\]/.exec(prompt)![1];
  return names.map((name) => `[${name} ${nonce}]\n${values[name]}\n[end ${nonce}]`).join('\n');
}

/** Whether a request was put to find out how the server can be asked. */
export function isProbe(body: CaseRequest['body']): boolean {
  return body.messages.some(({ content }: { content: string }) =>
    content.includes('Write the word "ready".'),
  );
}

/** A failure with a JSON body. */
export function failure(status: number, body: unknown, headers: Record<string, string> = {}): TeacherAction {
  return { kind: 'status', status, body, headers };
}
