import type { Sample } from '../domain/sample.js';
import { teacherWay } from '../options/applicability.js';
import { optionError } from '../options/option-error.js';
import { readOptions } from '../options/read-options.js';
import type { CommandOptions } from '../options/required-options.js';
import { loadPromptFiles } from '../reflection/load-prompt-files.js';
import { renderRequest } from '../reflection/reflection-prompt.js';
import { createTeacher } from '../teacher/create-teacher.js';
import type { OnNotice } from '../teacher/notice.js';
import { OpenAITeacher } from '../teacher/openai/openai-teacher.js';
import type { ServerManner } from '../teacher/openai/server-chat.js';
import type { TeacherDescription, TeacherReply } from '../teacher/teacher.js';
import { defined } from '../util/defined.js';
import { throwIfAborted } from '../util/throw-if-aborted.js';
import { modelPlaces, requireMemory } from './models/require-memory.js';
import { warnOfTeacherFile } from './models/warn-of-teacher-file.js';
import { teacherInputs } from './run-inputs.js';

/** The options of `teacher-check`. */
export interface CheckTeacherOptions extends CommandOptions<'teacher-check'> {
  readonly signal?: AbortSignal | undefined;
  readonly onStart?: ((start: TeacherDescription) => void) | undefined;
  /** Called with what the teacher has to say: what it was asked for differently, why it waits. */
  readonly onNotice?: OnNotice | undefined;
}

/** What a teacher turned out to be like. */
export interface TeacherCheck {
  readonly teacher: TeacherDescription;
  /** How a server is asked and what it told of itself; null for a teacher in this process. */
  readonly manner: ServerManner | null;
  /** Tokens of a request and its reply; null where nobody says. */
  readonly contextLength: number | null;
  /** Of the sample that it was asked to reflect on. */
  readonly reply: TeacherReply;
}

/** An answer with faults that any teacher should find. */
const SAMPLE: Sample = {
  instruction: 'Explain to a child why the sky is blue.',
  input: '',
  output: 'The sky is blue because it reflects the blue water of the oceans. At night it is black.',
};

/**
 * Has a teacher reflect on one built-in answer, and says how it is asked and what it takes: in seconds, whether it will
 * do for a run of hours. A reply that cannot be used is part of what is found.
 * Rejects with a ReflectionError: `invalid_option`, `invalid_template`, `aborted`, and what makes a teacher unusable.
 */
export async function checkTeacher(given: CheckTeacherOptions): Promise<TeacherCheck> {
  const options = readOptions('teacher-check', given, ['signal', 'onStart', 'onNotice']);
  const { signal = new AbortController().signal, onNotice } = given;
  const way = teacherWay(options);
  if (way === 'replay') {
    throw optionError('teacher', 'A journal has its replies already: there is nothing to check.', {
      remedy: 'Name a teacher that replies, such as openai:<model> or gguf:<file>.',
    });
  }
  const { response } = await loadPromptFiles({
    response: options.responsePrompt,
    system: options.systemPrompt,
  });
  const inputs = teacherInputs(options.teacher, options);
  await requireMemory(modelPlaces(inputs, undefined));
  throwIfAborted(signal);
  await using teacher = await createTeacher(inputs.name, { ...inputs.options, concurrency: 1, onNotice });
  await warnOfTeacherFile(inputs.name, onNotice);
  const description = { id: teacher.id, server: teacher.server };
  given.onStart?.(description);
  const { topP, seed } = options;
  const reply = await teacher.ask(
    {
      key: 'check',
      ...renderRequest(response, SAMPLE),
      ...{ maxTokens: options.maxReplyTokens, temperature: options.temperature },
      ...defined({ topP, seed }),
    },
    { signal },
  );
  const server = teacher instanceof OpenAITeacher ? teacher : undefined;
  return {
    teacher: description,
    manner: server?.manner ?? null,
    contextLength: (await server?.contextLength(signal)) ?? null,
    reply,
  };
}
