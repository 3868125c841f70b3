import type { Student, StudentOptions } from 'reflection-tuning';
import { randomPrompts } from './random-prompts.js';
import { factsAbout, loadStudent, STOCK } from './student.js';
import { type Measured, PROMPT_TOKENS, type TrialTask } from './task.js';

/**
 * Bare prefill on our own session, so that libraries, CPU back end and threads are those of `ours`, but with llama.cpp's
 * own kernels: prompts that fill one decode each and have one output row, llama-bench's `-p 512 -n 0`.
 */
export async function prefill(
  task: TrialTask,
  options: Pick<StudentOptions, 'contexts'> = {},
): Promise<Measured> {
  await using student = await loadStudent(task, {
    ...STOCK,
    ...options,
    head: 'plain',
    sharePrefixes: false,
    batchTokens: PROMPT_TOKENS,
  });
  const length = Math.min(PROMPT_TOKENS, student.maxLength - 1);
  // One token more than is decoded: it is what the prompt's last position predicts.
  const prompts = randomPrompts(task.prompts, length + 1, student.model.vocabSize);
  await decode(student, prompts.slice(0, student.engine.contexts));
  const before = student.stats();
  const started = performance.now();
  await decode(student, prompts);
  const seconds = (performance.now() - started) / 1000;
  return {
    seconds,
    tokens: prompts.length * length,
    rows: 0,
    losses: [],
    facts: factsAbout(student, before),
  };
}

/** A call per prompt, so that a student with several contexts spreads them. */
async function decode(student: Student, prompts: readonly Int32Array[]): Promise<void> {
  await Promise.all(
    prompts.map((tokens) => student.score([{ tokens, begin: tokens.length - 1, end: tokens.length }])),
  );
}
