import PQueue from 'p-queue';
import type { SampleRow } from '../dataset/row.js';
import type { Sample } from '../domain/sample.js';
import { ReflectionError } from '../errors.js';
import type { ReflectionPrompts } from '../reflection/load-prompt-files.js';
import { type ReflectionPrompt, renderRequest } from '../reflection/reflection-prompt.js';
import { instructionCandidate, responseCandidate } from '../reflection/to-candidate.js';
import { requestHash } from '../teacher/request-hash.js';
import type { Teacher, TeacherReply, TeacherRequest } from '../teacher/teacher.js';
import { contentKey } from './content-key.js';
import type { Proposal, ProposalOrigin, ProposalSource, ReflectedVariant } from './proposal.js';
import type { RunState } from './run-state.js';

/** How the teacher is to choose its words. */
export type Sampling = Pick<TeacherRequest, 'maxTokens' | 'temperature' | 'topP' | 'seed'>;

export const DEFAULT_SAMPLING: Sampling = { maxTokens: 2048, temperature: 0 };

export interface TeacherProposalsParts {
  readonly teacher: Teacher;
  readonly prompts: ReflectionPrompts;
  readonly sampling: Sampling;
  readonly state: RunState;
  /** Requests under way at a time. */
  readonly concurrency: number;
  /** Once it fires no further request is put; those under way may finish. */
  readonly stopAsking: AbortSignal;
  /** Ends the requests under way as well. */
  readonly hangUp: AbortSignal;
}

/** Candidates that a teacher writes. Whatever it has answered once is never asked again. */
export class TeacherProposals implements ProposalSource {
  readonly #parts: TeacherProposalsParts;
  readonly #queue: PQueue;
  readonly #underWay = new Map<string, Promise<TeacherReply>>();
  /** What ends the run; further requests fail with it at once. */
  #failure: { readonly error: unknown } | undefined;
  #asked = 0;

  constructor(parts: TeacherProposalsParts) {
    this.#parts = parts;
    this.#queue = new PQueue({ concurrency: parts.concurrency });
  }

  /** Requests put so far, i.e. not those that the state had replies to. */
  get asked(): number {
    return this.#asked;
  }

  async propose(_row: SampleRow, variant: ReflectedVariant, base: Sample): Promise<Proposal> {
    const { prompts, sampling, teacher } = this.#parts;
    const prompt = variant === 'instruction' ? prompts.instruction : prompts.response;
    const toCandidate = variant === 'instruction' ? instructionCandidate : responseCandidate;
    const request = { key: '', ...renderRequest(prompt, base), ...sampling };
    const key = requestHash(request);
    const reply = await this.#reply(contentKey(teacher.id, prompt.version, key), { ...request, key });
    const origin = originOf(teacher.id, prompt, reply);
    if (reply.kind === 'rejected') {
      return { kind: 'failed', reason: reply.reason, detail: reply.detail, origin };
    }
    const candidate = toCandidate(base, reply.fields);
    if (candidate.kind !== 'rejected') return { ...candidate, origin };
    return { kind: 'failed', reason: candidate.reason, detail: 'The reply lacks a text.', origin };
  }

  /** The reply to a request: the one that is kept, the one another row is waiting for, or a new one. */
  #reply(key: string, request: TeacherRequest): Promise<TeacherReply> {
    const kept = this.#parts.state.reply(key);
    if (kept !== undefined) return Promise.resolve(kept);
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const asking = this.#queue.add(() => this.#ask(key, request)).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }

  async #ask(key: string, request: TeacherRequest): Promise<TeacherReply> {
    const { teacher, state, stopAsking, hangUp } = this.#parts;
    if (this.#failure !== undefined) throw this.#failure.error;
    if (stopAsking.aborted) throw new ReflectionError('aborted', 'The run was interrupted.');
    try {
      const reply = await teacher.ask(request, { signal: hangUp });
      this.#asked++;
      // Paid for: it has to be on disk before anything is made of it.
      state.keepReply(key, reply);
      return reply;
    } catch (error) {
      this.#failure ??= { error };
      throw error;
    }
  }
}

function originOf(teacher: string, prompt: ReflectionPrompt, reply: TeacherReply): ProposalOrigin {
  const fields = reply.kind === 'answered' ? reply.fields : {};
  const critique = prompt.schema.fields.flatMap(({ name, kind }) =>
    kind === 'critique' && fields[name] !== undefined ? [[name, fields[name]]] : [],
  );
  return {
    teacher,
    promptVersion: prompt.version,
    promptHash: prompt.hash,
    critique: Object.fromEntries(critique),
    reply,
  };
}
