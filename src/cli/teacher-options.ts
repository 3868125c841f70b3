import type { Command } from 'commander';
import type { RecycleOptions } from '../recycle/recycle-options.js';
import { loadPromptFiles } from '../reflection/load-prompt-files.js';
import type { TeacherDevice } from '../teacher/local-model.js';
import { defined } from '../util/defined.js';
import { numberFrom, positiveNumber } from './number-option.js';
import { integerFrom } from './option-values.js';
import type { RunSettings } from './run-settings.js';

/** The flags that say who the teacher is and how it is asked. */
export function addTeacherOptions(command: Command): void {
  command
    .option('--teacher <teacher>', 'openai:<model>, gguf:<file> or replay:<journal>')
    .option('--base-url <url>', 'openai: its server (default: OpenAI’s)')
    .option('--api-key-variable <name>', 'openai: variable with the key (default: OPENAI_API_KEY)')
    .option('--concurrency <n>', 'requests under way at a time (default: 8)', integerFrom(1))
    .option('--rpm <n>', 'openai: requests a minute', integerFrom(1))
    .option('--tpm <n>', 'openai: tokens a minute', integerFrom(1))
    .option('--max-cost <amount>', 'openai: stop before it costs more; needs the prices', positiveNumber)
    .option('--prompt-price <amount>', 'openai: price of a million prompt tokens', numberFrom(0))
    .option('--reply-price <amount>', 'openai: price of a million reply tokens', numberFrom(0))
    .option('--max-teacher-tokens <n>', 'openai: stop before it takes more', integerFrom(1))
    .option('--temperature <t>', 'sampling temperature (default: 0)', numberFrom(0))
    .option('--top-p <p>', 'nucleus sampling', positiveNumber)
    .option('--seed <n>', 'sampling seed', integerFrom(0))
    .option('--max-reply-tokens <n>', 'tokens a reply may have (default: 2048)', integerFrom(1))
    .option('--instruction-prompt <file>', 'your wording of the reflection on instructions')
    .option('--response-prompt <file>', 'your wording of the reflection on responses')
    .option('--system-prompt <file>', 'your system prompt for both')
    .option('--journal <file>', 'also record every reply, for replay:<file>');
}

/** What these flags, and the config file, ask for. */
export async function readTeacherOptions(
  settings: RunSettings,
): Promise<Pick<RecycleOptions, 'concurrency' | 'prompts' | 'sampling' | 'teacherOptions'>> {
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
  };
}

function teacherOptions(settings: RunSettings): NonNullable<RecycleOptions['teacherOptions']> {
  const { promptPrice, replyPrice, device, threads } = settings;
  const isPriced = promptPrice !== undefined || replyPrice !== undefined;
  return {
    journal: settings.journal,
    openai: {
      baseUrl: settings.baseUrl,
      apiKeyVariable: settings.apiKeyVariable,
      requestsPerMinute: settings.rpm,
      tokensPerMinute: settings.tpm,
      maxCost: settings.maxCost,
      maxTokens: settings.maxTeacherTokens,
      price: isPriced
        ? { promptPerMillion: promptPrice ?? 0, completionPerMillion: replyPrice ?? 0 }
        : undefined,
    },
    gguf: { device: device?.split(':', 1)[0] as TeacherDevice | undefined, threads },
  };
}
