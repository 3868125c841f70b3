import { basename } from 'node:path';
import type { IgnoredCounts } from '../dataset/ignored-fields.js';
import { type DatasetName, firstNameIn } from '../domain/dataset-name.js';
import type { Metric } from '../domain/score.js';
import { describeFidelity, fidelityOf } from '../engine/fidelity.js';
import type { LoadedStudent } from '../engine/loaded-student.js';
import { llamaVersion } from '../engine/versions.js';
import type { FoundLayout } from '../layout/detect-layout.js';
import type { DefinitionName, TargetChoice } from '../options/choices.js';
import { ChatTemplate } from '../prompt/chat/chat-template.js';
import type { PromptTemplate } from '../prompt/conversation-renderer.js';
import type { Summary } from '../report/summarize.js';
import { DEFINITIONS } from '../scoring/definitions.js';
import { PACKAGE_VERSION } from '../util/package-version.js';

export interface ScoreFacts {
  readonly student: LoadedStudent;
  /** sha256 of the student's file. */
  readonly studentHash: string;
  readonly template: PromptTemplate;
  readonly found: FoundLayout;
  readonly targets: TargetChoice;
  readonly endOfTurn: boolean;
  readonly metrics: readonly Metric[];
  readonly definition: DefinitionName;
  readonly perToken: boolean;
  readonly options: {
    readonly dataset: DatasetName;
    readonly limit: number | undefined;
    readonly student: { readonly model: string; readonly maxLength?: number | undefined };
  };
  readonly totalBytes: number | undefined;
}

/** What came of a run. */
export interface ScoreOutcome {
  readonly summary: Summary;
  readonly ignored: IgnoredCounts;
}

/** The header file beside the output: how its numbers were made, for whoever finds it later. */
export function describeRun(
  { student, ...facts }: ScoreFacts,
  outcome: ScoreOutcome,
  rowsSha256: string,
): object {
  const { template, options } = facts;
  const { summary, ignored } = outcome;
  return {
    format: 'reflection-tuning scores',
    created: new Date().toISOString(),
    definition: { name: facts.definition, version: DEFINITIONS[facts.definition].version },
    metrics: facts.metrics,
    template: describeTemplate(template),
    targets: facts.targets,
    end_of_turn: facts.endOfTurn,
    student: {
      file: basename(options.student.model),
      sha256: facts.studentHash,
      architecture: student.model.architecture,
      name: student.model.name,
      quantization: student.model.quantization,
      parameters: student.model.parameters,
      context_length: student.model.contextLength,
      text_normalization: student.model.textNormalization,
      ...(student.model.warnings.length > 0 && { warnings: student.model.warnings }),
    },
    bos_policy: {
      starts_with: student.startTokenKind,
      token: student.startToken,
      tokenizer_adds_bos: student.model.addsBos,
    },
    max_length: student.maxLength,
    max_length_requested: options.student.maxLength ?? null,
    precision: student.precision,
    fidelity: describeFidelity(fidelityOf(student.device.kind, student.precision, student.model)),
    deterministic: student.deterministic,
    per_token: facts.perToken,
    device: { kind: student.device.kind, name: student.device.name, description: student.device.description },
    engine: {
      version: PACKAGE_VERSION,
      head: student.engine.head,
      kernels: student.engine.kernels || 'ggml',
      shares_prefixes: student.engine.sharePrefixes,
      cpu_backend: student.device.cpuBackend,
      threads: student.engine.threads,
      contexts: student.engine.contexts,
      batch_tokens: student.engine.batchTokens,
    },
    llama_cpp: llamaVersion(),
    dataset: {
      file: basename(firstNameIn(options.dataset)),
      ...(typeof options.dataset !== 'string' && { files: options.dataset.map((file) => basename(file)) }),
      bytes: facts.totalBytes ?? null,
      limit: options.limit ?? null,
      rows_sha256: rowsSha256,
      layout: facts.found.layout,
    },
    rows: {
      total: summary.rows,
      scored: summary.scored,
      unscorable: summary.unscorable,
      reasons: summary.reasons,
      ...(summary.rows > 0 && !hasScores(summary) && { nothing_scorable: true }),
      ...(Object.keys(ignored).length > 0 && { ignored_fields: ignored }),
    },
  };
}

/** Whether any metric of any row could be computed. */
export function hasScores({ scored, metrics }: Summary): boolean {
  return scored > 0 || Object.keys(metrics).length > 0;
}

function describeTemplate(template: PromptTemplate): object {
  const { name, hash } = template;
  if (template instanceof ChatTemplate) return { name: `chat:${name}`, hash, source: template.source };
  return { name, hash, no_input: template.noInput, with_input: template.withInput };
}
