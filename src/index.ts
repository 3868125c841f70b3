/**
 * Scores instruction-tuning data by what a student model can learn from it. See README.md for a tour,
 * ARCHITECTURE.md for how the parts fit.
 */

export {
  type CompareOptions,
  compareScores,
  type MetricComparison,
  type ScoreComparison,
} from './comparison/compare-scores.js';
export type { MissingScores } from './comparison/paired-scores.js';
export type { TopOverlap } from './comparison/top-overlap.js';
export type { IgnoredCounts, IgnoredField } from './dataset/ignored-fields.js';
export { openRows, type ReadRowsOptions, type RowSource, readRows } from './dataset/open-rows.js';
export type {
  BadRow,
  Content,
  GoodRow,
  Row,
  RowBase,
  RowOf,
  SampleContent,
  SampleRow,
  SpelledRow,
} from './dataset/row.js';
export {
  type ChatScore,
  isChatScore,
  meanOverTurns,
  TURN_METRICS,
  type TurnMetric,
  type TurnScore,
} from './domain/chat-score.js';
export {
  type Conversation,
  conversationOf,
  ROLES,
  type Role,
  sampleOf,
  type ToolCall,
  type Turn,
  textTurn,
} from './domain/conversation.js';
export type { DatasetName } from './domain/dataset-name.js';
export type { Fingerprint } from './domain/fingerprint.js';
export { FORMAT_NAMES, type FormatName } from './domain/format-name.js';
export { lossRatio, perplexityRatio } from './domain/ratio.js';
export type { Sample } from './domain/sample.js';
export {
  firstUnscorable,
  isTruncated,
  METRIC_SPANS,
  METRIC_TITLES,
  METRICS,
  type Metric,
  type MetricScore,
  type SampleScore,
  type ScoredMetric,
  type ScoreFor,
  type SpanSide,
  type Spans,
  spansOf,
  UNSCORABLE_REASONS,
  type UnscorableMetric,
  type UnscorableReason,
} from './domain/score.js';
export { loss, perplexity, SPAN_NAMES, type SpanName, type SpanScore } from './domain/span-score.js';
export { type ChosenDevice, chooseDevice, type DeviceFinding } from './engine/devices.js';
export type { ContextDescription, EngineDescription } from './engine/engine-description.js';
export type { EngineStats } from './engine/engine-stats.js';
export { HEADS, type Head, type HeadChoice } from './engine/head.js';
export { type LoadStudentOptions, loadStudent } from './engine/load-student.js';
export type { LoadedStudent, StudentFacts } from './engine/loaded-student.js';
export type { ModelDescription } from './engine/model-description.js';
export type { ScoreOptions, Scorer, SpanOutcome, SpanRequest, TokenizeOptions } from './engine/scorer.js';
export { Student } from './engine/student.js';
export type { KernelChoice, StudentOptions } from './engine/student-options.js';
export type { TextNormalization } from './engine/text-normalization.js';
export { StudentPool, type StudentPoolOptions } from './engine/workers/student-pool.js';
export { ERROR_CODES, type ErrorCode, type ErrorDetails, ReflectionError } from './errors.js';
export { type Estimate, type EstimateOptions, estimate, type StudentEstimate } from './estimate/estimate.js';
export type { Interval } from './estimate/interval.js';
export type { TeacherEstimate } from './estimate/teacher-work.js';
export type { CountedReason } from './inspection/counted-reason.js';
export type { DatasetProfile } from './inspection/dataset-profile.js';
export type { LengthSummary } from './inspection/length-statistics.js';
export type { ShownPiece } from './inspection/shown-row.js';
export type { StudentView } from './inspection/student-view.js';
export type { FoundLayout } from './layout/detect-layout.js';
export type { RowEdit } from './layout/edit-turn.js';
export type { ColumnMapping, ColumnRole, Layout, MessageRole, MessageTags } from './layout/layout.js';
export type { ValuePath } from './layout/text-place.js';
export {
  BUILT_IN_TEMPLATE_NAMES,
  type BuiltInTemplateName,
  DEFINITION_NAMES,
  type DefinitionName,
  FILTER_FAIL_POLICIES,
  type FilterFailPolicy,
  KEEP_POLICIES,
  type KeepPolicy,
  LAYOUT_NAMES,
  type LayoutName,
  PRECISIONS,
  type Precision,
  RECYCLE_MODES,
  type RecycleMode,
  SERVER_FORMATS,
  type ServerFormat,
  TARGET_CHOICES,
  type TargetChoice,
} from './options/choices.js';
export type { Config, ConfigurableCommand } from './options/config.js';
export {
  DEVICE_CHOICES,
  type DeviceChoice,
  type DeviceName,
  type GpuKind,
  type WorkerDevice,
  type WorkerKind,
} from './options/device-name.js';
export type { FieldNames, OutputRow } from './output/spell-row.js';
export { type Report, type ReportOptions, report } from './page/report.js';
export {
  type InspectDatasetOptions,
  type Inspection,
  inspectDataset,
  type ShownRow,
} from './pipeline/inspect-dataset.js';
export {
  type ScoreDatasetOptions,
  type ScoreDatasetProgress,
  type ScoreDatasetResult,
  type ScoreDatasetStart,
  scoreDataset,
} from './pipeline/score-dataset.js';
export { BUILT_IN_TEMPLATES } from './prompt/built-in-templates.js';
export {
  ChatTemplate,
  type ChatTemplateParts,
  type ChatVariables,
  type RenderOptions,
} from './prompt/chat/chat-template.js';
export type { Rendering } from './prompt/chat/jinja.js';
export { type ChatHabits, studentTemplate } from './prompt/chat/student-template.js';
export type { PromptTemplate } from './prompt/conversation-renderer.js';
export { loadTemplate } from './prompt/load-template.js';
export { type ChatForm, renderPrompt, renderReversePrompt, type Template } from './prompt/template.js';
export { type CheckTeacherOptions, checkTeacher, type TeacherCheck } from './recycle/check-teacher.js';
export { readAudit } from './recycle/outputs/read-audit.js';
export type { ReflectionCounts, RunSummary } from './recycle/outputs/run-summary.js';
export { recycle } from './recycle/recycle.js';
export type {
  RecycleOptions,
  RecycleProgress,
  RecycleResult,
  RecycleStart,
  ReflectOptions,
  ReflectStart,
  RunMembers,
} from './recycle/recycle-options.js';
export { type ReflectResult, reflect } from './recycle/reflect.js';
export type { ReflectedVariant, Reflection, ReflectionOrigin } from './recycle/reflections/reflection.js';
export type { Sampling } from './recycle/reflections/teacher-reflections.js';
export type { ManifestChanges, RunManifest } from './recycle/run/run-manifest.js';
export type { FailureCount, RunProgress, TeacherTotals } from './recycle/run/run-state.js';
export { type RunStatus, runStatus } from './recycle/run/run-status.js';
export { readScoredFile, type ScoredFile } from './reference/read-analysis.js';
export type { ReferenceFile, ReferenceRow } from './reference/reference-rows.js';
export {
  type ReferenceCounts,
  type ReferenceFiles,
  type ReferenceSelection,
  type SelectedRecord,
  type SelectReferenceOptions,
  selectReference,
} from './reference/select-reference.js';
export { writeWithAnalysis } from './reference/write-with-analysis.js';
export { INSTRUCTION_PROMPT } from './reflection/instruction-prompt.js';
export { loadPromptFiles, type PromptFiles, type ReflectionPrompts } from './reflection/load-prompt-files.js';
export type { ReflectionPrompt } from './reflection/reflection-prompt.js';
export { RESPONSE_PROMPT } from './reflection/response-prompt.js';
export type { CandidateFault } from './reflection/to-candidate.js';
export type { MetricSummary } from './report/metric-statistics.js';
export { renderAudit } from './report/render-audit.js';
export { renderComparison } from './report/render-comparison.js';
export { renderEstimate } from './report/render-estimate.js';
export { renderRunSummary, renderTeacherTotals } from './report/render-run-summary.js';
export { renderSelection } from './report/render-selection.js';
export { renderStatus } from './report/render-status.js';
export { type RunFacts, renderSummary } from './report/render-summary.js';
export { renderTeacherCheck } from './report/render-teacher-check.js';
export type { Summary } from './report/summarize.js';
export type { ObjectRow, ReadScoresOptions } from './scores/read-scored-rows.js';
export type { PlannerSettings, Scorable } from './scoring/planner.js';
export { scoreSamples } from './scoring/score-samples.js';
export {
  type ScorableItem,
  type ScoredItem,
  type ScoringOptions,
  scoreStream,
} from './scoring/score-stream.js';
export { type SelectOptions, type SelectResult, select } from './select/select.js';
export {
  type ImportedRecord,
  type ImportedRejection,
  type ImportedSelection,
  type SelectImportedOptions,
  selectImported,
} from './select/select-imported.js';
export { type ScoredSelection, type SelectScoredOptions, selectScored } from './select/select-scored.js';
export type { FilterFailure, FilterVerdict } from './selection/accept-metric.js';
export type { ChoiceOptions, ChoiceRejection, RowChoice, ScoreColumns } from './selection/choose-rows.js';
export type { ComparisonReason } from './selection/compare.js';
export type { ScoreNeed } from './selection/decide.js';
export type { Decision, DecisionStep, Evidence, RejectionReason } from './selection/decision.js';
export type { Measurement, MissingReason, VariantScores } from './selection/measurement.js';
export { decideEagerly, decideLazily } from './selection/run-decision.js';
export type { ScoreColumn } from './selection/score-column.js';
export {
  DEFAULT_POLICY,
  type SelectionPolicy,
  selectionPolicy,
} from './selection/selection-policy.js';
export { topPercentByIfd } from './selection/top-percent-by-ifd.js';
export { type BaseVariant, VARIANTS, type Variant } from './selection/variant.js';
export type { DifferingOutcome, SourceComparison } from './survey/compare-sources.js';
export type { Histogram } from './survey/histogram.js';
export type { Moment } from './survey/shown-row.js';
export type {
  Distribution,
  Flow,
  FlowLink,
  FlowNode,
  GroupSurvey,
  Groups,
  Lengths,
  MeasuredHistogram,
  PairGrid,
  Quantiles,
  ReasonCount,
  ReasonKind,
  Survey,
  TeacherPoint,
  TeacherSurvey,
} from './survey/survey.js';
export type { AskAllOptions, BatchReply, BatchTeacher, BatchWait } from './teacher/batch/batch-teacher.js';
export {
  type CreateBatchTeacherOptions,
  type CreateTeacherOptions,
  createBatchTeacher,
  createTeacher,
  type TeacherOptions,
} from './teacher/create-teacher.js';
export type { OnNotice, TeacherNotice } from './teacher/notice.js';
export type { Dialect, OptionalParameter } from './teacher/openai/chat/dialect.js';
export type { Spent } from './teacher/openai/pacing/budget.js';
export type { ReportedLimit } from './teacher/openai/pacing/rate-limit-headers.js';
export type { ServerManner } from './teacher/openai/server-chat.js';
export type { ReplyField, ReplySchema } from './teacher/reply/reply-schema.js';
export {
  type AnsweredReply,
  type AskOptions,
  type FailedReply,
  REPLY_FAILURES,
  REPLY_FORMATS,
  type ReplyFacts,
  type ReplyFailure,
  type ReplyFormat,
  type Teacher,
  type TeacherDescription,
  type TeacherReply,
  type TeacherRequest,
  type TeacherServer,
  type Usage,
} from './teacher/teacher.js';
export type { JsonObject } from './util/json-value.js';
