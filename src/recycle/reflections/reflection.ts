import type { Sample } from '../../domain/sample.js';
import type { CandidateFault } from '../../reflection/to-candidate.js';
import type { Variant } from '../../selection/variant.js';
import type { ReplyFailure, TeacherReply } from '../../teacher/teacher.js';
import type { RecycledTurn } from '../rows/recycled-turn.js';

/** The variants that are not in the dataset. */
export type ReflectedVariant = Exclude<Variant, 'original'>;

/** Who said it, and how it was asked for. */
export interface ReflectionOrigin {
  /** The teacher's id. */
  readonly teacher: string;
  readonly promptVersion: string;
  readonly promptHash: string;
  /** What the teacher thought before it wrote, by criterion. */
  readonly critique: Readonly<Record<string, string>>;
  readonly reply: TeacherReply;
}

/** What has become of a reflection. `origin` is missing where the candidate came with its row. */
export type Reflection =
  | { readonly kind: 'candidate'; readonly sample: Sample; readonly origin?: ReflectionOrigin }
  /** The teacher repeats the sample. */
  | { readonly kind: 'unchanged'; readonly origin?: ReflectionOrigin }
  | {
      readonly kind: 'failed';
      readonly reason: ReplyFailure | CandidateFault;
      /** One sentence for people. */
      readonly detail: string;
      readonly origin: ReflectionOrigin;
    }
  /** A row that brings its candidates with it brings none here, or the turn cannot say anything else. */
  | { readonly kind: 'absent' };

/** Where candidates come from. */
export interface ReflectionSource {
  /**
   * The candidate for one variant of a turn.
   * @param base - What it is made of: the original, or for `both` the reflected instruction.
   * @throws {ReflectionError} what ends the run: a dead teacher, an exhausted budget, `aborted`.
   */
  reflect(turn: RecycledTurn, variant: ReflectedVariant, base: Sample): Promise<Reflection>;
}
