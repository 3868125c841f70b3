import { type Command, Option } from 'commander';
import { DEVICE_CHOICES } from '../../engine/devices.js';
import { ReflectionError } from '../../errors.js';
import type { RecycleOptions } from '../../recycle/recycle-options.js';
import { loadPromptFiles } from '../../reflection/load-prompt-files.js';
import type { TeacherDevice } from '../../teacher/gguf/local-model.js';
import type { Price } from '../../teacher/openai/pacing/token-counts.js';
import { defined } from '../../util/defined.js';
import { numberFrom, positiveNumber } from './number-option.js';
import { integerFrom } from './option-values.js';
import type { ReflectSettings } from './settings.js';

/** The flags that say who the teacher is and how it is asked. */
export function addTeacherOptions(command: Command): void {
  command
    .option('--teacher <teacher>', 'openai:<model>, gguf:<file> or replay:<journal>')
    .option('--base-url <url>', 'openai: its server (default: OpenAI’s)')
    .option('--api-key-variable <name>', 'openai: variable with the key (default: OPENAI_API_KEY)')
    .option('--allow-insecure-http', 'openai: send the key over plain http also to another machine')
    .option(
      '--concurrency <n>',
      'requests under way at a time (default: 8; gguf: 4, and 1 makes replies repeatable)',
      integerFrom(1),
    )
    .option('--request-timeout <seconds>', 'openai: longest wait for a reply (default: 180)', positiveNumber)
    .option('--rpm <n>', 'openai: requests a minute', integerFrom(1))
    .option('--tpm <n>', 'openai: tokens a minute', integerFrom(1))
    .option('--max-cost <amount>', 'openai: never spend more; needs the prices', positiveNumber)
    .option('--prompt-price <amount>', 'openai: price of a million prompt tokens', numberFrom(0))
    .option('--reply-price <amount>', 'openai: price of a million reply tokens', numberFrom(0))
    .option(
      '--max-teacher-tokens <n>',
      'openai: never take more, prompts and replies together',
      integerFrom(1),
    )
    .option('--teacher-batch', 'openai: put all requests through the batch API, slower and cheaper')
    .option('--batch-size <n>', 'requests of one batch (default: 10,000)', integerFrom(1))
    .option('--batch-poll <seconds>', 'time between two looks at the batches (default: 60)', positiveNumber)
    .option('--temperature <t>', 'sampling temperature (default: 0)', numberFrom(0))
    .option('--top-p <p>', 'nucleus sampling', positiveNumber)
    .option('--seed <n>', 'sampling seed', integerFrom(0))
    .option('--max-reply-tokens <n>', 'tokens a reply may have (default: 2048)', integerFrom(1))
    .option(
      '--max-field-characters <n>',
      'gguf: end every text here, for models that never do (default: none)',
      integerFrom(1),
    )
    .option(
      '--teacher-context <tokens>',
      'gguf: a request and its reply (default: up to 8192)',
      integerFrom(1),
    )
    .addOption(
      new Option('--teacher-device <name>', 'gguf: where it runs (default: where the student does)').choices(
        DEVICE_CHOICES,
      ),
    )
    .option('--instruction-prompt <file>', 'your wording of the reflection on instructions')
    .option('--response-prompt <file>', 'your wording of the reflection on responses')
    .option('--system-prompt <file>', 'your system prompt for both')
    .option('--journal <file>', 'also record every reply, for replay:<file>');
}

/** What these flags, and the config file, ask for. */
export async function readTeacherOptions(
  settings: ReflectSettings,
): Promise<Pick<RecycleOptions, 'concurrency' | 'prompts' | 'sampling' | 'teacherBatch' | 'teacherOptions'>> {
  const { instructionPrompt, responsePrompt, systemPrompt } = settings;
  return {
    ...defined({ concurrency: settings.concurrency }),
    prompts: await loadPromptFiles({
      instruction: instructionPrompt,
      response: responsePrompt,
      system: systemPrompt,
    }),
    sampling: defined({
      maxTokens: settings.maxReplyTokens,
      temperature: settings.temperature,
      topP: settings.topP,
      seed: settings.seed,
    }),
    teacherOptions: teacherOptions(settings),
    ...(settings.teacherBatch && { teacherBatch: batchOptions(settings) }),
  };
}

/** A GPU out of several is the student's alone; the teacher goes to its kind. */
function kindOf(device: ReflectSettings['device']): TeacherDevice | undefined {
  return device?.split(':', 1)[0] as TeacherDevice | undefined;
}

function batchOptions({
  batchSize,
  batchPoll,
}: ReflectSettings): NonNullable<RecycleOptions['teacherBatch']> {
  return defined({ requestsPerBatch: batchSize, pollMs: batchPoll && batchPoll * 1000 });
}

/** @throws {ReflectionError} `invalid_option` for half a price, by which no cost could be kept within its limit. */
function priceOf({ promptPrice, replyPrice }: ReflectSettings): Price | undefined {
  if (promptPrice === undefined && replyPrice === undefined) return undefined;
  if (promptPrice !== undefined && replyPrice !== undefined) {
    return { promptPerMillion: promptPrice, completionPerMillion: replyPrice };
  }
  throw new ReflectionError('invalid_option', 'Only one of the two prices of a teacher is given.', {
    remedy: 'Give both --prompt-price and --reply-price; what is free costs 0.',
  });
}

function teacherOptions(settings: ReflectSettings): NonNullable<RecycleOptions['teacherOptions']> {
  const { device, threads, concurrency, requestTimeout } = settings;
  return {
    journal: settings.journal,
    openai: {
      baseUrl: settings.baseUrl,
      apiKeyVariable: settings.apiKeyVariable,
      allowInsecureHttp: settings.allowInsecureHttp,
      requestsPerMinute: settings.rpm,
      tokensPerMinute: settings.tpm,
      maxCost: settings.maxCost,
      maxTokens: settings.maxTeacherTokens,
      timeoutMs: requestTimeout && requestTimeout * 1000,
      price: priceOf(settings),
    },
    gguf: {
      device: settings.teacherDevice ?? kindOf(device),
      threads,
      sequences: concurrency,
      contextSize: settings.teacherContext,
      maxFieldCharacters: settings.maxFieldCharacters,
    },
  };
}
