import type { ArithmeticName, Fingerprint } from '../domain/fingerprint.js';
import type { Metric } from '../domain/score.js';
import type { DefinitionName, TargetChoice } from '../options/choices.js';
import type { PromptTemplate } from '../prompt/conversation-renderer.js';
import { defined } from '../util/defined.js';
import { PACKAGE_VERSION } from '../util/package-version.js';
import { DEFINITIONS } from './definitions.js';

/** What is asked for. */
export interface RequestedScoring {
  readonly definition: DefinitionName;
  /** Undefined as long as it is not known, being the student's own. */
  readonly template: PromptTemplate | undefined;
  /** Default `all`. */
  readonly targets?: TargetChoice;
  readonly endOfTurn?: boolean;
  /** Of the rows, in words that change when it does; undefined when it is the usual one of samples. */
  readonly layout?: string | undefined;
  /** Where they decide what is kept of a score. */
  readonly metrics?: readonly Metric[];
  readonly perToken?: boolean;
}

/** What a scoring depends on of the student that does it. */
export interface ScoringStudent {
  readonly startToken: number;
  readonly maxLength: number;
  readonly precision: string;
  readonly deterministic: boolean;
  readonly model: { readonly textNormalization: string };
  readonly device: { readonly kind: string; readonly processor: string; readonly cpuBackend: string };
  readonly engine: { readonly head: string; readonly kernels: string };
}

/**
 * Everything a score depends on but its row: two scorings with one fingerprint can go on with each other's work. Threads
 * and batch size are left out: they change rounding no more than a row's neighbours in a batch do.
 * @param studentHash - Of all files of the model.
 * @param llamaVersion - Of the llama.cpp that is loaded.
 */
export function scoringFingerprint(
  requested: RequestedScoring,
  student: ScoringStudent,
  studentHash: string,
  llamaVersion: string,
): Fingerprint {
  const { definition, template, metrics, per_token, ...chats } = requestedFingerprint(requested);
  const { device, engine, model } = student;
  const arithmetic: Record<ArithmeticName, string> = {
    device: device.kind,
    llama_cpp: llamaVersion,
    processor: device.processor,
    cpu_backend: device.cpuBackend,
    kernels: engine.kernels || 'ggml',
    head: engine.head,
    version: PACKAGE_VERSION,
  };
  const parameters = defined({
    definition,
    template,
    student: studentHash,
    start_token: student.startToken,
    metrics,
    max_length: student.maxLength,
    precision: student.precision,
    deterministic: student.deterministic,
    per_token,
    ...chats,
    // where there is one: scores of other students are as they were before it was applied
    text_normalization: model.textNormalization === 'none' ? undefined : model.textNormalization,
  });
  return { ...parameters, ...arithmetic };
}

/** The part of the fingerprint that is known before the student is. What has its default leaves no trace. */
export function requestedFingerprint(requested: RequestedScoring) {
  const { definition, template, metrics, perToken, targets, endOfTurn, layout } = requested;
  return defined({
    definition: DEFINITIONS[definition].version,
    template: template && `${template.name} ${template.hash}`,
    metrics: metrics?.join(','),
    per_token: perToken,
    targets: targets === 'all' ? undefined : targets,
    end_of_turn: endOfTurn ? true : undefined,
    layout,
  });
}
