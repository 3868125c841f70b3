import { DEVICE_CHOICES } from '../device-name.js';
import type { Option } from '../option.js';
import { isTeacherName, TEACHER_NAMES } from '../teacher-name.js';
import { amount, count, oneOf, positive, text, textThat } from '../value.js';
import { ASKING_COMMANDS, TEACHER_COMMANDS } from './server-options.js';

const ANY_TEACHER = ['openai', 'batch', 'gguf', 'replay'] as const;

/** The longest text that llama.cpp's grammars can hold a model to. */
const MOST_FIELD_CHARACTERS = 2000;

/** Who the teacher is and how it is asked; those of one behind a server are in {@link SERVER_OPTIONS}. */
export const TEACHER_OPTIONS = {
  teacher: {
    value: textThat('teacher', isTeacherName, TEACHER_NAMES),
    group: 'Teacher',
    help: TEACHER_NAMES,
    commands: [...TEACHER_COMMANDS, 'estimate'],
    concerns: ANY_TEACHER,
  },
  concurrency: {
    value: count('requests'),
    group: 'Teacher',
    help: 'requests under way at a time; with gguf: 1 makes replies repeatable',
    commands: ASKING_COMMANDS,
    concerns: ['openai', 'gguf', 'replay'],
    default: { text: '8; gguf: 4' },
  },
  temperature: {
    value: amount('t'),
    group: 'Teacher',
    help: 'sampling temperature',
    commands: TEACHER_COMMANDS,
    concerns: ANY_TEACHER,
    default: { value: 0 },
  },
  topP: {
    value: positive('p', 1),
    group: 'Teacher',
    help: 'nucleus sampling',
    commands: TEACHER_COMMANDS,
    concerns: ANY_TEACHER,
  },
  seed: {
    value: count('n', 0),
    group: 'Teacher',
    help: 'sampling seed',
    commands: TEACHER_COMMANDS,
    concerns: ANY_TEACHER,
  },
  maxReplyTokens: {
    value: count('tokens'),
    group: 'Teacher',
    help: 'longest reply',
    commands: TEACHER_COMMANDS,
    concerns: ANY_TEACHER,
    default: { value: 2048 },
  },
  instructionPrompt: {
    value: text('file'),
    group: 'Teacher',
    help: 'your wording of the reflection on instructions; {sample} marks the place',
    commands: ASKING_COMMANDS,
    concerns: ANY_TEACHER,
    default: { text: 'built in' },
  },
  responsePrompt: {
    value: text('file'),
    group: 'Teacher',
    help: 'your wording of the reflection on responses; {sample} marks the place',
    commands: TEACHER_COMMANDS,
    concerns: ANY_TEACHER,
    default: { text: 'built in' },
  },
  systemPrompt: {
    value: text('file'),
    group: 'Teacher',
    help: 'your system prompt for both',
    commands: TEACHER_COMMANDS,
    concerns: ANY_TEACHER,
    default: { text: 'built in' },
  },
  journal: {
    value: text('file'),
    group: 'Teacher',
    help: 'also record every reply, for replay:<file>',
    commands: ASKING_COMMANDS,
    concerns: ANY_TEACHER,
  },
  maxFieldCharacters: {
    value: count('n', 1, MOST_FIELD_CHARACTERS),
    group: 'Teacher in this process (gguf:)',
    help: 'end every text here, for models that never do',
    commands: TEACHER_COMMANDS,
    concerns: ['gguf'],
    default: { text: 'none' },
  },
  teacherContext: {
    value: count('tokens'),
    group: 'Teacher in this process (gguf:)',
    help: 'room for a request and its reply',
    commands: TEACHER_COMMANDS,
    concerns: ['gguf'],
    default: { text: 'the model’s own, up to 8192' },
  },
  teacherDevice: {
    value: oneOf(DEVICE_CHOICES),
    group: 'Teacher in this process (gguf:)',
    help: 'where the teacher runs',
    commands: TEACHER_COMMANDS,
    concerns: ['gguf'],
    default: {
      run: { text: 'where the student does' },
      reflect: { value: 'auto' },
      'teacher-check': { value: 'auto' },
    },
  },
} as const satisfies Record<string, Option>;
