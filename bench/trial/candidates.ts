import type { Sample } from 'reflection-tuning';
import type { NumberedSample } from './choose-samples.js';

const LONGER_INSTRUCTION = 'Explain how you got there, and name one case where it would not work.';

/** What a dataset row carries for `run --mode score-only`: the three candidates of the published procedure. */
export interface Candidates {
  readonly instruction: Sample;
  readonly response: { readonly output: string };
  readonly both: { readonly output: string };
}

/** A row with candidates of the lengths that reflections have: instructions a sentence longer, answers by half. */
export function withCandidates({ sample }: NumberedSample): Sample & { readonly candidates: Candidates } {
  const { instruction, input, output } = sample;
  const words = output.split(/\s+/);
  const longer = (seed: readonly string[]) =>
    [...words, ...seed.slice(0, Math.ceil(seed.length / 2))].join(' ');
  return {
    ...sample,
    candidates: {
      instruction: {
        instruction: `${instruction} ${LONGER_INSTRUCTION}`,
        input,
        output: longer(words.toReversed()),
      },
      response: { output: longer(words.toSorted()) },
      both: { output: longer(words.toSorted().reverse()) },
    },
  };
}

/** The four variants as samples: original, instruction, response, both. */
export function variantsOf(numbered: NumberedSample): readonly Sample[] {
  const { candidates, ...original } = withCandidates(numbered);
  const { instruction, response, both } = candidates;
  return [original, instruction, { ...original, ...response }, { ...instruction, ...both }];
}
