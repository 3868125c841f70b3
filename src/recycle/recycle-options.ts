import type { LoadedStudent } from '../engine/loaded-student.js';
import type { FoundLayout } from '../layout/detect-layout.js';
import type { CommandOptions } from '../options/required-options.js';
import type { BatchWait } from '../teacher/batch/batch-teacher.js';
import type { OnNotice } from '../teacher/notice.js';
import type { TeacherDescription } from '../teacher/teacher.js';
import type { RunSummary } from './outputs/run-summary.js';
import type { ManifestChanges } from './run/run-manifest.js';

/** What exists only while a run goes on. */
export interface RunMembers<Start> {
  /** Once it fires nothing new is begun; requests under way get `grace` seconds to finish. */
  readonly signal?: AbortSignal | undefined;
  readonly onStart?: ((start: Start) => void) | undefined;
  readonly onProgress?: ((progress: RecycleProgress) => void) | undefined;
  /** Called now and then while there are batches to wait for. */
  readonly onWait?: ((wait: BatchWait) => void) | undefined;
  /** Called with what the teacher has to say: why it waits, what it was asked for differently, what fails. */
  readonly onNotice?: OnNotice | undefined;
}

/** The options of `run`, under their names and with their meaning in the table of options. */
export interface RecycleOptions extends CommandOptions<'run'>, RunMembers<RecycleStart> {}

/** The options of `reflect`. */
export interface ReflectOptions extends CommandOptions<'reflect'>, RunMembers<ReflectStart> {}

export interface ReflectStart {
  readonly teacher: TeacherDescription;
  readonly totalBytes: number;
  /** How the dataset's rows are read. */
  readonly found: FoundLayout;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
}

export interface RecycleStart {
  /** Null in mode `v1`. */
  readonly student: LoadedStudent | null;
  /** Null in mode `score-only`. */
  readonly teacher: TeacherDescription | null;
  readonly totalBytes: number;
  /** How the dataset's rows are read. */
  readonly found: FoundLayout;
  /** What the user should know, a sentence each. */
  readonly notes: readonly string[];
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
