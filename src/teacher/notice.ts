import type { ReplyFailure } from './teacher.js';

/** What a teacher has to say while it works, and what is said of the models of a run. Holds no secrets. */
export type TeacherNotice =
  /** Nothing can be put for a while, or one request is put again later. */
  | {
      readonly kind: 'waiting';
      readonly because: 'rate_limit' | 'loading' | 'retry';
      /** Until what is waited for may be over. */
      readonly milliseconds: number;
      readonly detail: string;
    }
  /** From now on it is asked in another way. */
  | { readonly kind: 'adapted'; readonly change: string; readonly detail: string }
  /** The first request of those that fail for this reason. */
  | {
      readonly kind: 'failed';
      readonly reason: ReplyFailure;
      readonly detail: string;
      /** The number, from 1 on, of the row that it is about. */
      readonly row: number;
      readonly remedy: string;
    }
  /** Something about a model’s file that may change what it writes, or its scores. */
  | { readonly kind: 'warning'; readonly detail: string };

export type OnNotice = (notice: TeacherNotice) => void;
