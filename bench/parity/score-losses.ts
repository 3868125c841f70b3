import {
  BUILT_IN_TEMPLATES,
  type DefinitionName,
  loss,
  type MetricScore,
  type Precision,
  Student,
  scoreSamples,
} from 'reflection-tuning';
import type { ParityRow } from './cases.js';
import type { RowLosses } from './compare-losses.js';

/** As definitions.py has it. */
const MAX_LENGTH = 512;

export interface StudentLosses {
  /** Its tokenizer, in llama.cpp's words. */
  readonly vocabulary: string;
  readonly losses: readonly (readonly RowLosses[])[];
}

/** What a student says about the rows, by each of the definitions. */
export async function lossesBy(
  model: string,
  precision: Precision,
  rows: readonly ParityRow[],
  definitions: readonly DefinitionName[],
): Promise<StudentLosses> {
  await using student = await Student.load({
    ...{ model, precision, device: 'cpu', maxLength: MAX_LENGTH, checkFile: false },
  });
  const { vocabType, preTokenizer } = student.model;
  const losses: RowLosses[][] = [];
  for (const definition of definitions) {
    const scored: RowLosses[] = [];
    const options = { template: BUILT_IN_TEMPLATES.alpaca, definition, maxLength: MAX_LENGTH };
    for await (const { metrics } of scoreSamples(student, rows, options)) {
      scored.push({ ifd: spansOf(metrics.ifd), rifd: spansOf(metrics.rifd) });
    }
    losses.push(scored);
  }
  return { vocabulary: preTokenizer && preTokenizer !== 'default' ? preTokenizer : vocabType, losses };
}

function spansOf(score: MetricScore): RowLosses['ifd'] {
  if (score.kind !== 'scored') return null;
  const { conditioned, direct } = score;
  const facts = (span: typeof direct) => ({ tokens: span.tokenCount, loss: loss(span) });
  return { conditioned: facts(conditioned), direct: facts(direct) };
}
