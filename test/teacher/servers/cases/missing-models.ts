import { type CaseEnd, failure, type ServerCase } from '../server-case.js';

/** Who says so, with what status and body, and which of the words have to reach the user. */
const SAID: readonly (readonly [who: string, status: number, body: unknown, words: RegExp])[] = [
  ['Ollama', 404, { error: { message: "model 'm' not found", type: 'not_found_error' } }, /'m' not found/],
  ['vLLM', 404, { object: 'error', message: 'The model `m` does not exist.', code: 404 }, /does not exist/],
  ['OpenRouter', 400, { error: { message: 'm is not a valid model ID', code: 400 } }, /not a valid model ID/],
  ['DeepSeek', 400, { error: { message: 'Model Not Exist', type: 'invalid_request_error' } }, /Not Exist/],
  [
    'Mistral',
    400,
    { object: 'error', message: 'Invalid model: m', type: 'invalid_model' },
    /Invalid model: m/,
  ],
  [
    'LiteLLM',
    400,
    {
      error: { message: { error: '/chat/completions: Invalid model name passed in model=m.' }, code: '400' },
    },
    /Invalid model name passed in model=m/,
  ],
  [
    'LM Studio',
    400,
    { error: { message: 'Invalid model identifier "m".', param: 'model', code: 'model_not_found' } },
    /Invalid model identifier/,
  ],
];

function stops(words: RegExp, remedy: RegExp): CaseEnd {
  return { kind: 'stops', code: 'teacher_unusable', words, remedy };
}

export const MISSING_MODELS: readonly ServerCase[] = [
  ...SAID.map(([who, status, body, words]) => ({
    name: `${who} says so, and lists others`,
    script: () => failure(status, body),
    models: [{ id: 'llama-3' }, { id: 'mm' }],
    live: stops(new RegExp(`has no model "m".*${words.source}`), /Name one that it has: mm, llama-3/),
    // A provider of batches has no list of models in this test.
    batch: stops(words, /model's name/),
  })),
  {
    name: 'LM Studio has it, but has not loaded any',
    script: () =>
      failure(400, { error: "No models loaded. Please load a model or use the 'lms load' command." }),
    models: [{ id: 'm' }, { id: 'mm' }],
    live: stops(/lists the model "m", and turns it away.*No models loaded/, /load the model there/),
    batch: stops(/No models loaded/, /model's name/),
  },
];
