import type { LoadStudentOptions } from '../engine/load-student.js';
import type { LoadedStudent } from '../engine/loaded-student.js';
import type { Template } from '../prompt/template.js';
import type { ReflectionPrompts } from '../reflection/load-prompt-files.js';
import type { DefinitionName } from '../scoring/definition.js';
import type { SelectionPolicy } from '../selection/selection-policy.js';
import type { BatchWait } from '../teacher/batch/batch-teacher.js';
import type { CreateTeacherOptions } from '../teacher/create-teacher.js';
import type { TeacherDescription } from '../teacher/teacher.js';
import type { RunSummary } from './outputs/run-summary.js';
import type { Sampling } from './reflections/teacher-reflections.js';
import type { ManifestChanges, RecycleMode } from './run/run-manifest.js';

export interface RecycleOptions {
  readonly dataset: string;
  /** The run directory; made if there is none, gone on with if there is one. */
  readonly output: string;
  /** Default `v2`. */
  readonly mode?: RecycleMode;
  /** `openai:<model>`, `gguf:<path>` or `replay:<journal>`. Needed unless the mode is `score-only`. */
  readonly teacher?: string;
  readonly teacherOptions?: CreateTeacherOptions;
  /** Put requests through the provider's batch API, in waves. Default: one by one, each answered at once. */
  readonly teacherBatch?: BatchOptions;
  /** Default: the built-in wording. */
  readonly prompts?: ReflectionPrompts;
  /** Default: 2048 tokens at temperature 0. */
  readonly sampling?: Partial<Sampling>;
  /** Requests to the teacher under way at a time. Default 8. */
  readonly concurrency?: number;
  /** Needed unless the mode is `v1`. */
  readonly student?: LoadStudentOptions;
  /** Default: the built-in `alpaca`. */
  readonly template?: Template;
  /** Default `exact`. */
  readonly definition?: DefinitionName;
  /** Default: the published procedure. */
  readonly policy?: Partial<SelectionPolicy>;
  /** Make and score all variants of every row, needed or not; selects the same. Default false. */
  readonly eager?: boolean;
  /** Stop after this many rows. */
  readonly limit?: number;
  /** Ask again for what the teacher failed at in earlier attempts. Default false. */
  readonly retryFailed?: boolean;
  /** Go on although replies or scores of earlier attempts cannot be used any more. Default false. */
  readonly acceptChanges?: boolean;
  /** Once it fires nothing new is begun; requests under way get `graceMs` to finish. */
  readonly signal?: AbortSignal;
  /** Milliseconds, default 20,000. */
  readonly graceMs?: number;
  readonly onStart?: (start: RecycleStart) => void;
  readonly onProgress?: (progress: RecycleProgress) => void;
  /** Called now and then while there are batches to wait for. */
  readonly onWait?: (wait: BatchWait) => void;
}

export interface BatchOptions {
  /** Default 10,000. */
  readonly requestsPerBatch?: number;
  /** Milliseconds between two looks at the batches under way. Default 60,000. */
  readonly pollMs?: number;
}

export interface RecycleStart {
  /** Null in mode `v1`. */
  readonly student: LoadedStudent | null;
  /** Null in mode `score-only`. */
  readonly teacher: TeacherDescription | null;
  readonly totalBytes: number;
  /** How the options differ from those of earlier attempts. */
  readonly changes: ManifestChanges;
}

export interface RecycleProgress {
  readonly rows: number;
  /** Of the dataset's file. */
  readonly bytes: number;
  /** Requests put to the teacher by this process. */
  readonly asked: number;
  /** Scores computed by this process. */
  readonly scored: number;
  /** Rows that were finished by an earlier attempt. */
  readonly reused: number;
}

export type RecycleResult =
  /** The outputs were there already, made from this dataset with these options. */
  { readonly kind: 'complete' | 'finished'; readonly summary: RunSummary };
