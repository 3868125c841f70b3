import type { Sample } from '../domain/sample.js';

/** Why no candidate can be made of a reply. */
export const CANDIDATE_FAULTS = [
  /** The reply has no new instruction. */
  'empty_instruction',
  /** The reply has no new answer. */
  'empty_answer',
] as const;
export type CandidateFault = (typeof CANDIDATE_FAULTS)[number];

/** What a reflection has come to. */
export type CandidateReading =
  | { readonly kind: 'candidate'; readonly sample: Sample }
  /** The reply repeats the sample: there is nothing to choose between. */
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'unusable'; readonly reason: CandidateFault };

/** A teacher's reply by field name. */
export type ReplyFields = Readonly<Record<string, string>>;

/**
 * The candidate an instruction reflection yields: new instruction, input and answer together or none of them, so
 * that no new instruction ever meets an old answer. The input is the teacher's, or none. Whitespace around the
 * texts is dropped.
 */
export function instructionCandidate(original: Sample, reply: ReplyFields): CandidateReading {
  const instruction = fieldOf(reply, 'new_instruction');
  const input = fieldOf(reply, 'new_input');
  const output = fieldOf(reply, 'new_answer');
  if (instruction === '') return { kind: 'unusable', reason: 'empty_instruction' };
  return toCandidate(original, { instruction, input: NO_INPUT.test(input) ? '' : input, output });
}

/** The candidate a response reflection yields: the same instruction and input, as they are, with a new answer. */
export function responseCandidate(original: Sample, reply: ReplyFields): CandidateReading {
  return toCandidate(original, { ...original, output: fieldOf(reply, 'better_answer') });
}

function fieldOf(reply: ReplyFields, name: string): string {
  return (reply[name] ?? '').trim();
}

/** What teachers write into an input that is to be none. */
const NO_INPUT = /^[[<({"'\s]*(?:none|empty|n\/a|no input|null)[\])>}"'\s.]*$/i;

function toCandidate(original: Sample, candidate: Sample): CandidateReading {
  if (candidate.output === '') return { kind: 'unusable', reason: 'empty_answer' };
  const isUnchanged = (['instruction', 'input', 'output'] as const).every(
    (field) => candidate[field].trim() === original[field].trim(),
  );
  return isUnchanged ? { kind: 'unchanged' } : { kind: 'candidate', sample: candidate };
}
