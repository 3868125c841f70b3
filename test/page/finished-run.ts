import { mkdir, writeFile } from 'node:fs/promises';
import { runPaths } from '../../src/recycle/run/run-paths.js';
import { RunState } from '../../src/recycle/run/run-state.js';
import type { JsonObject } from '../../src/util/json-value.js';
import { asLines } from './scored-rows.js';

/** Texts of one audited row. */
export interface AuditTexts {
  readonly before: string;
  readonly after: string;
  readonly critique: string;
}

/** The audit of a row whose answer was made anew, and kept. */
export function keptAudit(row: number, { before, after, critique }: AuditTexts): JsonObject {
  const instruction = `Instruction ${row}`;
  const measured = (value: number) => ({
    value,
    loss_conditioned: 2,
    loss_direct: 2,
    tokens: 5,
    truncated: false,
  });
  return {
    row,
    id: `run-${row}`,
    row_key: row.toString(16).padStart(16, '0'),
    line: row,
    outcome: 'response',
    winner: 'response',
    reason: null,
    steps: [
      { kind: 'instruction', chosen: 'original', reason: 'worse' },
      { kind: 'response', base: 'original', chosen: 'response', reason: 'better' },
      { kind: 'filter', variant: 'response', verdict: 'passed' },
    ],
    texts: {
      original: { instruction, input: '', output: before },
      response: { instruction, input: '', output: after },
    },
    scores: {
      original: { ifd: measured(0.7), rifd: measured(0.9) },
      response: { ifd: measured(0.8), rifd: measured(0.6) },
    },
    reflections: [
      {
        variant: 'instruction',
        status: 'failed',
        reason: 'unparsable',
        detail: 'no JSON',
        model: 'a-model',
        critique: {},
        raw_text: critique,
      },
      {
        variant: 'response',
        status: 'candidate',
        reason: null,
        detail: null,
        model: 'a-model',
        prompt_version: '1',
        critique: { clarity: critique },
        raw_text: critique,
        prompt_tokens: 100,
        completion_tokens: 50,
        cost: 0.001,
        retries: 0,
      },
    ],
  };
}

/** The directory of a finished run with these audits, as far as reports look at it. */
export async function writeRun(directory: string, audits: readonly JsonObject[]): Promise<void> {
  const paths = runPaths(directory);
  await mkdir(directory, { recursive: true });
  const selection = { mode: 'v2', keep: 'response-reflected', max_ifd: '1', max_rifd: '1' };
  const manifest = { format: 'reflection-tuning run', version: 1, dataset: 'data.jsonl', selection };
  await writeFile(paths.manifest, JSON.stringify(manifest));
  await writeFile(paths.audit, asLines(audits));
  await writeFile(paths.summary, '{}');
  using state = RunState.open(paths.state);
  for (const [i] of audits.entries()) {
    state.keepReply(`key ${i}`, {
      kind: 'answered',
      fields: {},
      rawText: '',
      format: 'json_schema',
      model: 'a-model',
      usage: { promptTokens: 100, completionTokens: 50, cost: 0.001, estimated: false },
      retries: 0,
    } as unknown as Parameters<RunState['keepReply']>[1]);
  }
}
