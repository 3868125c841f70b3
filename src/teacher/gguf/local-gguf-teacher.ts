import type { LlamaContextSequence, LlamaGrammar } from 'node-llama-cpp';
import PQueue from 'p-queue';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { checkOptions } from '../../options/option-schema.js';
import { linkAbort } from '../../util/linked-abort.js';
import { pick } from '../../util/pick.js';
import { calledOff, closed, isCalledOff } from '../called-off.js';
import { parseReply } from '../reply/parse-reply.js';
import { layOutPrompt } from '../reply/reply-layout.js';
import type { ReplySchema } from '../reply/reply-schema.js';
import type { AskOptions, ReplyFailure, Teacher, TeacherReply, TeacherRequest } from '../teacher.js';
import { generateJson } from './generate-json.js';
import { type LocalModel, type LocalModelOptions, loadLocalModel, type NamedModel } from './local-model.js';

export interface LocalGgufTeacherOptions extends LocalModelOptions {
  /**
   * Closes every field after this many characters, so that also a model that never finds an end yields replies.
   * At most 2000. Default: none, so that no text is ever cut off unnoticed.
   */
  readonly maxFieldCharacters?: number | undefined;
}

/** A reply with less room than this is not worth beginning. */
const LEAST_ROOM = 64;

/** A teacher in this process: a GGUF file, run by node-llama-cpp. Uses no network. */
export class LocalGgufTeacher implements Teacher {
  readonly id: string;
  readonly server = null;
  readonly #local: LocalModel;
  readonly #maxFieldCharacters: number | undefined;
  /** One turn for each sequence of the context; what they write is computed in one batch. */
  readonly #queue: PQueue;
  readonly #idle: LlamaContextSequence[];
  readonly #grammars = new WeakMap<ReplySchema, Promise<LlamaGrammar>>();
  readonly #stop = new AbortController();

  private constructor({ model: local, hash }: NamedModel, options: LocalGgufTeacherOptions) {
    const { context } = local;
    const { maxFieldCharacters } = options;
    // It decides what is written, so what is written under another one is not this teacher's.
    this.id = `gguf:${hash}${maxFieldCharacters === undefined ? '' : `+${maxFieldCharacters}`}`;
    this.#local = local;
    this.#maxFieldCharacters = maxFieldCharacters;
    this.#queue = new PQueue({ concurrency: context.totalSequences });
    this.#idle = Array.from({ length: context.totalSequences }, () => context.getSequence());
  }

  /** @throws {ReflectionError} `invalid_option` and what {@link loadLocalModel} throws. */
  static async load(options: LocalGgufTeacherOptions): Promise<LocalGgufTeacher> {
    checkOptions(['maxFieldCharacters'], pick(options, ['maxFieldCharacters']));
    return new LocalGgufTeacher(await loadLocalModel(options), options);
  }

  async ask(request: TeacherRequest, options: AskOptions = {}): Promise<TeacherReply> {
    const started = performance.now();
    const stop = linkAbort(options.signal, this.#stop.signal);
    const turn = linkAbort(options.stopWaiting, stop.signal);
    const write = async () => {
      // Its turn has come, so what would end the wait does not concern it any more.
      turn.unlink();
      const sequence = this.#idle.pop()!;
      try {
        return await this.#write(request, sequence, stop.signal, started);
      } finally {
        this.#idle.push(sequence);
      }
    };
    try {
      return await this.#queue.add(write, { signal: turn.signal });
    } catch (error) {
      throw isCalledOff(error, options) ? calledOff(error) : error;
    } finally {
      turn.unlink();
      stop.unlink();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(closed());
    await this.#queue.onIdle();
    await this.#local[Symbol.asyncDispose]();
  }

  async #write(
    request: TeacherRequest,
    sequence: LlamaContextSequence,
    signal: AbortSignal,
    started: number,
  ): Promise<TeacherReply> {
    const { model, chatWrapper, context } = this.#local;
    const { user, layout } = layOutPrompt(request, 'grammar');
    const { contextText } = chatWrapper.generateContextState({
      chatHistory: [
        { type: 'system', text: request.system },
        { type: 'user', text: user },
        { type: 'model', response: [''] },
      ],
    });
    const prompt = contextText.tokenize(model.tokenizer);
    const facts = (completionTokens: number) => ({
      model: this.id,
      usage: { promptTokens: prompt.length, completionTokens, cost: 0, estimated: false },
      retries: 0,
      milliseconds: performance.now() - started,
      format: 'grammar' as const,
    });
    // One short of the context, lest node-llama-cpp make room by forgetting the prompt's beginning.
    const room = context.contextSize - 1 - prompt.length;
    if (room < Math.min(LEAST_ROOM, request.maxTokens)) {
      const detail = `The request has ${prompt.length} tokens, which leaves no room for a reply in a context of ${context.contextSize}.`;
      return { ...facts(0), kind: 'failed', reason: 'context_too_long', detail, rawText: null };
    }
    const limit = Math.min(room, request.maxTokens);
    const options = {
      temperature: request.temperature,
      ...(request.topP === undefined ? {} : { topP: request.topP }),
      // Without one node-llama-cpp takes the time of day, and no run could be repeated.
      seed: request.seed ?? 0,
      grammarEvaluationState: await this.#grammarState(request.schema),
    };
    const { text, tokenCount, complete } = await generateJson(sequence, prompt, limit, options, signal).catch(
      (cause: Error) => {
        throw signal.aborted ? cause : this.#broken(cause);
      },
    );
    const failed = (reason: ReplyFailure, detail: string): TeacherReply => ({
      ...facts(tokenCount),
      kind: 'failed',
      reason,
      detail,
      rawText: text,
    });
    if (!complete && tokenCount >= limit) {
      return limit < request.maxTokens
        ? failed('context_too_long', `The reply did not end within the ${limit} tokens left in the context.`)
        : failed('truncated', `The reply did not end within ${limit} tokens.`);
    }
    const parsed = parseReply(text, request.schema, layout);
    return parsed.kind === 'parsed'
      ? { ...facts(tokenCount), kind: 'answered', fields: parsed.fields, rawText: text }
      : failed(parsed.reason, parsed.detail);
  }

  /** Not even the request's fault: llama.cpp could not compute. */
  #broken(cause: Error): ReflectionError {
    return new ReflectionError('decode_failed', `The teacher ${this.id} failed: ${cause.message}`, {
      remedy:
        `Use fewer replies at a time (${named('concurrency')}), a smaller context (${named('teacherContext')}) or ` +
        'another device.',
      cause,
    });
  }

  /** A fresh state of the schema's grammar, which is compiled once. */
  async #grammarState(schema: ReplySchema) {
    const { model, createGrammar } = this.#local;
    let grammar = this.#grammars.get(schema);
    if (grammar === undefined) {
      grammar = createGrammar(grammarSchema(schema, this.#maxFieldCharacters));
      this.#grammars.set(schema, grammar);
    }
    const { LlamaGrammarEvaluationState } = await import('node-llama-cpp');
    return new LlamaGrammarEvaluationState({ model, grammar: await grammar });
  }
}

/** The reply's schema as far as grammars go: lengths included, descriptions left out. */
function grammarSchema({ fields }: ReplySchema, maxFieldCharacters: number | undefined) {
  const maxLength = maxFieldCharacters === undefined ? {} : { maxLength: maxFieldCharacters };
  const properties = fields.map(({ name, kind }) => [
    name,
    { type: 'string', minLength: kind === 'text' ? 1 : 0, ...maxLength } as const,
  ]);
  return { type: 'object', properties: Object.fromEntries(properties) } as const;
}
