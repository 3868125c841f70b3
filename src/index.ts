/**
 * Scores instruction-tuning data by what a student model can learn from it. See README.md for a tour,
 * ARCHITECTURE.md for how the parts fit.
 */
export { compareScores, type MetricComparison, type ScoreComparison } from './comparison/compare-scores.js';
export type { TopOverlap } from './comparison/top-overlap.js';
export { readRows } from './dataset/read-rows.js';
export type { BadRow, Row, SampleRow } from './dataset/row.js';
export { ifd, lossRatio, rifd } from './domain/ifd.js';
export type { Sample } from './domain/sample.js';
export {
  METRIC_SPANS,
  METRICS,
  type Metric,
  type SampleScore,
  type ScoredSample,
  type Spans,
  UNSCORABLE_REASONS,
  type UnscorableReason,
  type UnscorableSample,
} from './domain/score.js';
export { loss, perplexity, SPAN_NAMES, type SpanName, type SpanScore } from './domain/span-score.js';
export {
  type ChosenDevice,
  chooseDevice,
  DEVICE_CHOICES,
  type DeviceChoice,
  type DeviceFinding,
  type DeviceName,
} from './engine/devices.js';
export { type LoadStudentOptions, loadStudent } from './engine/load-student.js';
export type { LoadedStudent, StudentFacts } from './engine/loaded-student.js';
export type { ScoreOptions, Scorer, SpanOutcome, SpanRequest, TokenizeOptions } from './engine/scorer.js';
export { Student } from './engine/student.js';
export { PRECISIONS, type Precision, type StudentOptions } from './engine/student-options.js';
export { StudentPool, type StudentPoolOptions } from './engine/workers/student-pool.js';
export type { WorkerDevice } from './engine/workers/worker-device.js';
export { ERROR_CODES, type ErrorCode, ReflectionError } from './errors.js';
export {
  type ScoreDatasetOptions,
  type ScoreDatasetProgress,
  type ScoreDatasetResult,
  type ScoreDatasetStart,
  scoreDataset,
} from './pipeline/score-dataset.js';
export { BUILT_IN_TEMPLATES } from './prompt/built-in-templates.js';
export { loadTemplate } from './prompt/load-template.js';
export { renderPrompt, renderReversePrompt, type Template } from './prompt/template.js';
export { recycle } from './recycle/recycle.js';
export type {
  RecycleOptions,
  RecycleProgress,
  RecycleResult,
  RecycleStart,
} from './recycle/recycle-options.js';
export { type ReflectOptions, type ReflectResult, reflect } from './recycle/reflect.js';
export { type RunStatus, runStatus } from './recycle/run-status.js';
export type { ReflectionCounts, RunSummary } from './recycle/run-summary.js';
export { DEFINITION_NAMES, type DefinitionName } from './scoring/definition.js';
export { scoreSamples } from './scoring/score-samples.js';
export {
  type ScorableItem,
  type ScoredItem,
  type ScoringOptions,
  scoreStream,
} from './scoring/score-stream.js';
