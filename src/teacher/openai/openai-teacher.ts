import { linkAbort } from '../../util/linked-abort.js';
import { calledOff, closed, isCalledOff } from '../called-off.js';
import type { AskOptions, Teacher, TeacherReply, TeacherRequest, TeacherServer } from '../teacher.js';
import { addUsage, NO_USAGE } from '../teacher.js';
import { limitOf } from './chat/chat-body.js';
import { judgeOutcome } from './chat/judge-reply.js';
import { readTokenCap } from './chat/read-token-cap.js';
import { ServerChat, type ServerChatOptions, type ServerManner } from './server-chat.js';

export interface OpenAITeacherOptions extends ServerChatOptions {
  /** Times a reply that was cut off is asked for anew, each with twice the tokens. Default 2. */
  readonly doublings?: number | undefined;
}

/** A teacher behind any server that speaks OpenAI's chat completion protocol. */
export class OpenAITeacher implements Teacher {
  readonly id: string;
  readonly server: TeacherServer;
  readonly #model: string;
  readonly #doublings: number;
  readonly #chat: ServerChat;

  /** @throws {ReflectionError} `teacher_unauthorized` without a key where one is needed, `invalid_option`. */
  constructor(options: OpenAITeacherOptions) {
    this.#chat = new ServerChat(options);
    this.#model = options.model;
    this.#doublings = options.doublings ?? 2;
    this.id = this.#chat.server.id;
    this.server = this.#chat.server.description;
  }

  /** How the server is asked and what it told of itself; undefined before anything was asked. */
  get manner(): ServerManner | undefined {
    return this.#chat.manner;
  }

  /** Tokens that a request and its reply may have; null where the server does not say. */
  contextLength(signal: AbortSignal): Promise<number | null> {
    return this.#chat.contextLength(signal);
  }

  async ask(request: TeacherRequest, options: AskOptions = {}): Promise<TeacherReply> {
    const { signal, stopWaiting } = options;
    const { stop } = this.#chat;
    const waits = linkAbort(signal, stopWaiting, stop.signal);
    const hangUps = linkAbort(signal, stop.signal);
    try {
      waits.signal.throwIfAborted();
      await this.#chat.settleDialect(request, waits.signal);
      return await this.#converse(request, waits.signal, hangUps.signal, signal);
    } catch (error) {
      if (isCalledOff(error, options)) throw calledOff(error);
      // Only what concerns all requests throws, so the others need not find out one by one.
      stop.abort(error);
      throw error;
    } finally {
      waits.unlink();
      hangUps.unlink();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#chat.stop.abort(closed());
    this.#chat[Symbol.dispose]();
  }

  /**
   * Asks until there is a reply as good as it gets: in another way where the server says how, with more tokens where they
   * were too few.
   * @param waits - Ends the waits for a first reply. @param hangUps - Ends those for another, as the first is paid for.
   */
  async #converse(
    request: TeacherRequest,
    waits: AbortSignal,
    hangUps: AbortSignal,
    signal: AbortSignal | undefined,
  ): Promise<TeacherReply> {
    const chat = this.#chat;
    const started = chat.clock.monotonic();
    let usage = NO_USAGE;
    let retries = 0;
    let doublings = 0;
    /** What this request's own prompt leaves to the reply. */
    let room = Number.POSITIVE_INFINITY;
    for (;;) {
      const wanted = chat.replyTokens(request) * 2 ** doublings;
      const { body, layout } = chat.body(request, Math.min(wanted, room));
      const format = chat.dialect!.format;
      const exchanged = await chat.send(body, { waiting: doublings === 0 ? waits : hangUps, signal });
      usage = addUsage(usage, exchanged.usage);
      retries += exchanged.retries;
      const { outcome } = exchanged;
      const sent = limitOf(body);
      if (outcome.kind === 'reply') chat.learn(outcome);
      else {
        const cap = readTokenCap(outcome.fault.said, sent);
        if (cap?.reach === 'this') room = cap.tokens;
        if (cap?.reach === 'this' || chat.adapt(outcome.fault, body)) {
          retries++;
          continue;
        }
        chat.turnedAway(outcome.fault);
      }
      const milliseconds = chat.clock.monotonic() - started;
      const facts = { model: this.#model, usage, retries, milliseconds, format };
      const reply = judgeOutcome(outcome, { schema: request.schema, layout, limit: sent, facts });
      const isCutOff = reply.kind === 'failed' && reply.reason === 'truncated';
      const isMore = limitOf(chat.body(request, Math.min(wanted * 2, room)).body) > sent;
      if (!isCutOff || !isMore || doublings >= this.#doublings) return reply;
      doublings++;
      retries++;
    }
  }
}
