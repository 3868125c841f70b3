import { readFile } from 'node:fs/promises';
import { compareFingerprints, type Fingerprint } from '../../domain/fingerprint.js';
import { ReflectionError } from '../../errors.js';
import type { RecycleMode, TurnChoice } from '../../options/choices.js';
import type { ReflectionPrompts } from '../../reflection/load-prompt-files.js';
import type { SelectionPolicy } from '../../selection/selection-policy.js';
import { isJsonObject } from '../../util/json-value.js';
import type { Sampling } from '../reflections/teacher-reflections.js';

/** What a run was asked to do. Holds no secrets and nothing that differs between two runs of one command. */
export interface RunManifest {
  readonly format: 'reflection-tuning run';
  readonly version: 1;
  /** As the user named it. */
  readonly dataset: string;
  /** Its content and how much of it is used. */
  readonly data: Fingerprint;
  /** All that a teacher's reply depends on besides the sample; null without a teacher. */
  readonly teacher: Fingerprint | null;
  /** All that a score depends on besides the texts; null without a student. */
  readonly scoring: Fingerprint | null;
  /** What is made of replies and scores. */
  readonly selection: Fingerprint;
}

export function selectionFingerprint(
  mode: RecycleMode,
  eager: boolean,
  policy: SelectionPolicy,
  turns: TurnChoice = 'last',
): Fingerprint {
  return {
    mode,
    eager,
    keep: policy.keep,
    on_filter_fail: policy.onFilterFail,
    // JSON has no Infinity.
    max_ifd: String(policy.maxIfd),
    max_rifd: String(policy.maxRifd),
    ...(turns !== 'last' && { turns }),
  };
}

export function teacherFingerprint(id: string, prompts: ReflectionPrompts, sampling: Sampling): Fingerprint {
  return {
    teacher: id,
    instruction_prompt: prompts.instruction.hash,
    response_prompt: prompts.response.hash,
    max_tokens: sampling.maxTokens,
    temperature: sampling.temperature,
    top_p: sampling.topP ?? null,
    seed: sampling.seed ?? null,
  };
}

/** How a run differs from what its directory was used for before. */
export interface ManifestChanges {
  /** What cannot be reused, a sentence each. */
  readonly invalidated: readonly string[];
  /** What changed without a loss, a sentence each. */
  readonly harmless: readonly string[];
}

/** What there is that a change may lay waste. */
export interface KeptWork {
  /** Replies that can be used, or are paid for and on their way. */
  readonly replies: boolean;
  readonly scores: boolean;
}

export function compareManifests(before: RunManifest, now: RunManifest, kept: KeptWork): ManifestChanges {
  const scoring = differences(kept.scores ? before.scoring : null, now.scoring);
  const invalidated: string[] = kept.replies ? compareTeachers(before.teacher, now.teacher) : [];
  if (scoring.all !== '') {
    const reason = scoring.isRounding ? ', for they would be rounded in another way' : '';
    invalidated.push(`all scores will be computed anew${reason} (${scoring.all})`);
  }
  const data = differences(before.data, now.data).all;
  const selection = differences(before.selection, now.selection).all;
  const harmless: string[] = [];
  if (data !== '')
    harmless.push(`the dataset has changed, rows that are the same keep their results (${data})`);
  if (selection !== '') harmless.push(`rows are decided anew from what is there (${selection})`);
  return { invalidated, harmless };
}

/** What cannot be reused of a teacher's replies, a sentence each. */
export function compareTeachers(before: Fingerprint | null, now: Fingerprint | null): string[] {
  const { all } = differences(before, now);
  return all === '' ? [] : [`the teacher's replies will not be used again (${all})`];
}

/** What differs, as text; empty when nothing does or one of the two has no say in it. */
function differences(
  before: Fingerprint | null,
  now: Fingerprint | null,
): { readonly all: string; readonly isRounding: boolean } {
  if (before === null || now === null) return { all: '', isRounding: false };
  const { parameters, arithmetic } = compareFingerprints(before, now);
  return { all: [...parameters, ...arithmetic].join('; '), isRounding: parameters.length === 0 };
}

/**
 * The manifest of a run directory, undefined when it has none.
 * @throws {ReflectionError} `resume_mismatch` when there is one that this version cannot read.
 */
export async function readManifest(path: string): Promise<RunManifest | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const manifest = parseManifest(text);
  if (manifest !== undefined) return manifest;
  throw new ReflectionError(
    'resume_mismatch',
    `${path} is no manifest of a run that this version can read.`,
    {
      remedy: 'Name another run directory.',
    },
  );
}

function parseManifest(text: string): RunManifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isOurs = isJsonObject(value) && value.format === 'reflection-tuning run' && value.version === 1;
    return isOurs ? (value as unknown as RunManifest) : undefined;
  } catch {
    return undefined;
  }
}

export function spellJson(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
