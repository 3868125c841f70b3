import { readRows } from '../../src/dataset/open-rows.js';
import type { SampleRow } from '../../src/dataset/row.js';
import { METRICS, type SampleScore, scoredMetric } from '../../src/domain/score.js';
import type { SpanRequest } from '../../src/engine/scorer.js';
import { flattenRequests, splitResult } from '../../src/engine/token-job.js';
import { scoreRow } from '../../src/output/scores/score-row.js';
import { spellRow } from '../../src/output/spell-row.js';
import { BUILT_IN_TEMPLATES } from '../../src/prompt/built-in-templates.js';
import { renderPrompt } from '../../src/prompt/template.js';
import { EXACT_DEFINITION } from '../../src/scoring/exact-definition.js';
import { SamplePlanner, textsOf } from '../../src/scoring/sample-planner.js';
import type { MicroCase } from './micro-case.js';

const CHARACTERS_PER_TOKEN = 4;
const TEMPLATE = BUILT_IN_TEMPLATES.alpaca;
const PLANNER = new SamplePlanner(EXACT_DEFINITION, { template: TEMPLATE, maxLength: 2048, startToken: 0 });
const SPAN = { sumLogprob: -123.456789, tokenCount: 45 };
const SCORED = scoredMetric(SPAN, SPAN, false);
const SCORE: SampleScore = { metrics: { ifd: SCORED, rifd: SCORED } };

/** What happens to a row on the JavaScript thread, step by step, on the rows of a dataset. */
export async function microCases(data: string): Promise<readonly MicroCase[]> {
  const rows: SampleRow[] = [];
  for await (const row of readRows(data)) if (row.kind === 'sample') rows.push(row);
  const prepared = rows.map(({ sample }) => {
    const task = PLANNER.prepare(sample, METRICS);
    return { task, ids: textsOf(task).map(pseudoTokens) };
  });
  const requests = prepared
    .flatMap(({ task, ids }) => PLANNER.plan(task, ids))
    .flatMap(({ plan }) => [plan.conditioned, plan.direct])
    .filter((span) => span.kind === 'span');
  const result = nativeResult(requests);
  return [
    { name: 'read a row', unit: 'row', items: rows.length, run: () => countRows(data) },
    {
      name: 'render the template',
      unit: 'row',
      items: rows.length,
      run: () => rows.map(({ sample }) => renderPrompt(TEMPLATE, sample)),
    },
    {
      name: 'plan the spans of both metrics',
      unit: 'row',
      items: rows.length,
      run: () => prepared.map(({ task, ids }) => PLANNER.plan(task, ids)),
    },
    {
      name: 'flatten requests for the addon',
      unit: 'request',
      items: requests.length,
      run: () => flattenRequests(requests, false),
    },
    {
      name: 'split the addon’s result',
      unit: 'request',
      items: requests.length,
      run: () => splitResult(result),
    },
    {
      name: 'format a score line',
      unit: 'row',
      items: rows.length,
      run: () => rows.map((row) => spellRow(scoreRow(row, SCORE, { perToken: false }))),
    },
  ];
}

async function countRows(data: string): Promise<number> {
  let count = 0;
  for await (const _ of readRows(data)) count += 1;
  return count;
}

/** Ids of no vocabulary, as many as a tokenizer would find in an English text. */
function pseudoTokens(text: string): Int32Array {
  return new Int32Array(Math.ceil(text.length / CHARACTERS_PER_TOKEN)).fill(1);
}

function nativeResult(requests: readonly SpanRequest[]) {
  return {
    sumLogprob: Float64Array.from(requests, () => SPAN.sumLogprob),
    tokenCount: Uint32Array.from(requests, ({ begin, end }) => end - begin),
    logprobs: new Float32Array(0),
  };
}
