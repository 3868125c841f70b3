import { SERVER_FORMATS } from '../choices.js';
import { isHeaderLine } from '../header-line.js';
import type { Option } from '../option.js';
import { amount, count, JSON_OBJECT, oneOf, positive, SWITCH, seconds, text, textsThat } from '../value.js';

/** The commands that ask a teacher. */
export const TEACHER_COMMANDS = ['run', 'reflect', 'teacher-check'] as const;
/** Those that ask for as much as there are rows. */
export const ASKING_COMMANDS = ['run', 'reflect'] as const;

const ANY_SERVER = ['openai', 'batch'] as const;

/** How a teacher behind a server is reached and asked, and what that may cost. */
export const SERVER_OPTIONS = {
  baseUrl: {
    value: text('url'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'the server’s address; with azure: the resource’s',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    default: { text: 'OPENAI_BASE_URL, else OpenAI’s; azure: AZURE_OPENAI_ENDPOINT' },
  },
  apiKeyVariable: {
    value: text('name'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'environment variable with the key; a local server needs none',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    default: { text: 'OPENAI_API_KEY; azure: AZURE_OPENAI_API_KEY' },
  },
  allowInsecureHttp: {
    value: SWITCH,
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'send the key over plain http to a host that is not local',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
  },
  header: {
    value: textsThat('name: value', isHeaderLine, '"name: value"'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'sent along with every request; {env:NAME} stands for an environment variable',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
  },
  extraBody: {
    value: JSON_OBJECT,
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'members of every request’s body, such as {"reasoning_effort": "low"}; {env:NAME} as above',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
  },
  replyFormat: {
    value: oneOf(SERVER_FORMATS),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'how replies are laid out: json_schema, json_object or markers',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    default: { text: 'the strictest that the server turns out to understand' },
  },
  reasoningTokens: {
    value: count('tokens', 0),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'room for thinking, on top of the longest reply',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    default: { text: '8192 for models that turn out to think, else none' },
  },
  loadingTimeout: {
    value: seconds(),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'longest wait while the server loads its model',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    default: { value: 600 },
  },
  requestTimeout: {
    value: seconds(),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'longest wait for a reply',
    commands: TEACHER_COMMANDS,
    concerns: ['openai'],
    default: { value: 180 },
  },
  rpm: {
    value: count('n'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'requests a minute at the most',
    commands: ASKING_COMMANDS,
    concerns: ['openai'],
  },
  tpm: {
    value: count('n'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'tokens a minute at the most, of requests and replies',
    commands: ASKING_COMMANDS,
    concerns: ['openai'],
  },
  maxCost: {
    value: positive('amount'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'never spend more: ask only while the dearest reply would stay below it; needs both prices',
    commands: ASKING_COMMANDS,
    concerns: ANY_SERVER,
    needs: ['promptPrice', 'replyPrice'],
  },
  promptPrice: {
    value: amount('amount'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'price of a million prompt tokens, in any currency',
    commands: [...TEACHER_COMMANDS, 'estimate'],
    concerns: ANY_SERVER,
    needs: {
      run: ['replyPrice'],
      reflect: ['replyPrice'],
      'teacher-check': ['replyPrice'],
      estimate: ['teacher', 'replyPrice'],
    },
  },
  replyPrice: {
    value: amount('amount'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'price of a million reply tokens, in the same currency',
    commands: [...TEACHER_COMMANDS, 'estimate'],
    concerns: ANY_SERVER,
    needs: {
      run: ['promptPrice'],
      reflect: ['promptPrice'],
      'teacher-check': ['promptPrice'],
      estimate: ['teacher', 'promptPrice'],
    },
  },
  cachedPrice: {
    value: amount('amount'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'price of a million prompt tokens that the server had in its cache',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    needs: ['promptPrice'],
    default: { text: 'as of any' },
  },
  maxTeacherTokens: {
    value: count('tokens'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'never take more, prompts and replies together',
    commands: ASKING_COMMANDS,
    concerns: ANY_SERVER,
  },
  teacherBatch: {
    value: SWITCH,
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'put all requests through the batch API, slower and cheaper',
    commands: ASKING_COMMANDS,
    concerns: ['batch'],
  },
  batchSize: {
    value: count('requests'),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'requests of one batch',
    commands: ASKING_COMMANDS,
    concerns: ['batch'],
    default: { value: 10_000, text: '10,000' },
  },
  batchPoll: {
    value: seconds(),
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'time between two looks at the batches',
    commands: ASKING_COMMANDS,
    concerns: ['batch'],
    default: { value: 60 },
  },
  retryWait: {
    value: seconds(),
    surface: 'library',
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'wait before a request that failed is sent again; doubles each time',
    commands: TEACHER_COMMANDS,
    concerns: ANY_SERVER,
    default: { value: 1 },
  },
  maxResponseBytes: {
    value: count('bytes'),
    surface: 'library',
    group: 'Teacher behind a server (openai:, azure:)',
    help: 'longest response that is read',
    commands: TEACHER_COMMANDS,
    concerns: ['openai'],
    default: { value: 8 * 1024 * 1024 },
  },
} as const satisfies Record<string, Option>;
