import { type LoadedStudent, Student, type StudentOptions } from 'reflection-tuning';
import type { Measured, TrialTask } from './task.js';
import { timeScoring } from './time-scoring.js';

/** llama.cpp's own kernels alone, for the contenders that stand for what there is without ours. */
export const STOCK: Partial<StudentOptions> = { kernels: 'stock' };

/** Our engine, as a user gets it or with features switched off. */
export async function scoreWithStudent(
  task: TrialTask,
  options: Partial<StudentOptions> = {},
): Promise<Measured> {
  await using student = await loadStudent(task, options);
  let before = student.stats();
  const measured = await timeScoring(student, task, () => {
    before = student.stats();
  });
  return { ...measured, facts: factsAbout(student, before) };
}

export function loadStudent(task: TrialTask, options: Partial<StudentOptions> = {}): Promise<Student> {
  const { model, threads } = task;
  // The check of the file is part of loading, which is not measured, and would only delay the trial.
  return Student.load({ model, threads, device: 'cpu', checkFile: false, ...options });
}

/** Settings, and the counters since `before`. */
export function factsAbout(student: LoadedStudent, before: ReturnType<Student['stats']>): Measured['facts'] {
  const { head, sharePrefixes, threads, contexts, batchTokens, maxLength } = student.engine;
  const { decodedTokens, decodes, outputRows } = student.stats();
  return {
    cpuBackend: student.device.cpuBackend,
    head,
    sharePrefixes,
    threads,
    contexts,
    batchTokens,
    maxLength,
    decodedTokens: decodedTokens - before.decodedTokens,
    decodes: decodes - before.decodes,
    outputRows: outputRows - before.outputRows,
  };
}
