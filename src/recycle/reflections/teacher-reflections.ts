import type { Sample } from '../../domain/sample.js';
import type { ReflectionPrompts } from '../../reflection/load-prompt-files.js';
import { type ReflectionPrompt, renderRequest } from '../../reflection/reflection-prompt.js';
import { instructionCandidate, responseCandidate } from '../../reflection/to-candidate.js';
import { requestHash } from '../../teacher/reply/request-hash.js';
import type { TeacherReply, TeacherRequest } from '../../teacher/teacher.js';
import type { ReplySource } from '../replies/reply-source.js';
import type { RecycledTurn } from '../rows/recycled-turn.js';
import { contentKey } from '../run/content-key.js';
import type { ReflectedVariant, Reflection, ReflectionOrigin, ReflectionSource } from './reflection.js';

/** How the teacher is to choose its words. */
export type Sampling = Pick<TeacherRequest, 'maxTokens' | 'temperature' | 'topP' | 'seed'>;

export interface TeacherReflectionsParts {
  readonly teacherId: string;
  readonly replies: ReplySource;
  readonly prompts: ReflectionPrompts;
  readonly sampling: Sampling;
}

/** Candidates that a teacher writes. */
export class TeacherReflections implements ReflectionSource {
  readonly #parts: TeacherReflectionsParts;

  constructor(parts: TeacherReflectionsParts) {
    this.#parts = parts;
  }

  /** @throws {NotYetAnswered} where the replies do. */
  async reflect(
    { row, context }: RecycledTurn,
    variant: ReflectedVariant,
    base: Sample,
  ): Promise<Reflection> {
    const { prompts, sampling, teacherId, replies } = this.#parts;
    const prompt = variant === 'instruction' ? prompts.instruction : prompts.response;
    const toCandidate = variant === 'instruction' ? instructionCandidate : responseCandidate;
    const request = { key: '', ...renderRequest(prompt, base, context), ...sampling };
    const key = requestHash(request);
    const reply = await replies.reply(contentKey(teacherId, prompt.hash, key), { ...request, key }, row);
    const origin = originOf(teacherId, prompt, reply);
    if (reply.kind === 'failed') {
      return { kind: 'failed', reason: reply.reason, detail: reply.detail, origin };
    }
    const candidate = toCandidate(base, reply.fields);
    if (candidate.kind !== 'unusable') return { ...candidate, origin };
    return { kind: 'failed', reason: candidate.reason, detail: 'The reply lacks a text.', origin };
  }
}

function originOf(teacher: string, prompt: ReflectionPrompt, reply: TeacherReply): ReflectionOrigin {
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
