/**
 * The ways in which a teacher is asked: live over OpenAI's protocol, through a provider's batch API, in this process
 * from a GGUF file, or not at all but from a journal of earlier replies.
 */
export const TEACHER_WAYS = ['openai', 'batch', 'gguf', 'replay'] as const;
export type TeacherWay = (typeof TEACHER_WAYS)[number];

/** How teachers are named, in words. */
export const TEACHER_NAMES = 'openai:<model>, azure:<deployment>, gguf:<file> or replay:<journal>';

export interface TeacherNameParts {
  readonly kind: 'openai' | 'azure' | 'gguf' | 'replay';
  /** The model's or deployment's name, or a file's path. */
  readonly target: string;
}

/** Takes a teacher's name apart; undefined for what is none. */
export function parseTeacherName(name: string): TeacherNameParts | undefined {
  const [, kind, target] = /^(openai|azure|gguf|replay):(.+)$/s.exec(name) ?? [];
  if (kind === undefined || target === undefined) return undefined;
  return { kind: kind as TeacherNameParts['kind'], target };
}

export function isTeacherName(name: unknown): name is string {
  return typeof name === 'string' && parseTeacherName(name) !== undefined;
}
