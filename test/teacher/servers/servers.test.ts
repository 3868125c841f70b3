import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BatchTeacher } from '../../../src/teacher/batch/batch-teacher.js';
import { OpenAITeacher } from '../../../src/teacher/openai/openai-teacher.js';
import { FakeClock } from '../../helpers/fake-clock.js';
import { type BatchLine, startScriptedBatches } from '../../helpers/scripted-batch-server.js';
import {
  completion,
  startScriptedTeacher,
  type TeacherAction,
} from '../../helpers/scripted-teacher-server.js';
import { teacherRequest } from '../../helpers/teacher-requests.js';
import { ERROR_BODIES } from './cases/error-bodies.js';
import { FAULTS_ALIKE } from './cases/faults-alike.js';
import { MISSING_MODELS } from './cases/missing-models.js';
import { ODD_BODIES } from './cases/odd-bodies.js';
import { PASSING_FAULTS } from './cases/passing-faults.js';
import { RATE_LIMITS } from './cases/rate-limits.js';
import { STREAMS } from './cases/streams.js';
import { SYSTEM_ROLES } from './cases/system-roles.js';
import { THINKERS } from './cases/thinkers.js';
import { isProbe, type ServerCase } from './server-case.js';
import { Witness } from './witness.js';

const CASES: Readonly<Record<string, readonly ServerCase[]>> = {
  'errors in the server’s own shape': ERROR_BODIES,
  'streams nobody asked for': STREAMS,
  'odd bodies of a success': ODD_BODIES,
  'faults that pass': PASSING_FAULTS,
  'faults of every request alike': FAULTS_ALIKE,
  'models that are not there': MISSING_MODELS,
  'rate limits': RATE_LIMITS,
  'servers without a system role': SYSTEM_ROLES,
  'models that think': THINKERS,
};

/** Of all cases alike, so that none finds its answer by chance. */
const OPTIONS = { model: 'm', random: () => 0, apiKeyVariable: 'NO_KEY_IS_IN_HERE' };
const REQUESTS = ['a', 'b', 'c', 'd'].map((key) =>
  teacherRequest({ key, user: `Question ${key}.`, seed: 7, maxTokens: 2048 }),
);

/** Asks for two replies, or goes on until the server is given up. */
async function askLive({ script, options, models, live }: ServerCase): Promise<void> {
  await using server = await startScriptedTeacher(
    ({ body }, index) => script({ body, isProbe: isProbe(body), index }),
    { ...(models && { models }) },
  );
  const witness = new Witness(() => server.seen.length);
  await using teacher = new OpenAITeacher({
    ...{ ...OPTIONS, baseUrl: server.baseUrl, clock: new FakeClock(), onNotice: witness.onNotice },
    ...options,
  });
  try {
    for (const request of live.kind === 'answers' ? REQUESTS.slice(0, 2) : REQUESTS) {
      witness.reply(await teacher.ask(request));
    }
  } catch (error) {
    witness.stopped(error);
  }
  witness.expectEnd(live, () => server.seen.at(-1)!.body);
}

async function askInBatches({ script, options, live, batch = live }: ServerCase): Promise<void> {
  if (batch === null) return;
  const folder = await mkdtemp(join(tmpdir(), 'servers-'));
  let index = 0;
  const respond = (body: BatchLine['body']) => script({ body, isProbe: isProbe(body), index: index++ });
  try {
    await using server = await startScriptedBatches({
      chat: ({ body }) => respond(body),
      result: (line) => resultOf(line, respond(line.body)),
      looks: 1,
    });
    const witness = new Witness(() => index);
    await using teacher = new BatchTeacher({
      ...{ ...OPTIONS, baseUrl: server.baseUrl, clock: new FakeClock(), onNotice: witness.onNotice },
      ...{ statePath: join(folder, 'batches.json'), requestsPerBatch: 1 },
      ...options,
    });
    try {
      for await (const { reply } of teacher.askAll(REQUESTS.slice(0, 2))) witness.reply(reply);
    } catch (error) {
      witness.stopped(error);
    }
    witness.expectEnd(batch, () => server.batches.at(-1)![0]!.body);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** What a server does with a request, as a batch’s output has it. */
function resultOf({ custom_id }: BatchLine, action: TeacherAction): unknown {
  switch (action.kind) {
    case 'reply':
      return { custom_id, response: { status_code: 200, body: completion(action) }, error: null };
    case 'status':
      return { custom_id, response: { status_code: action.status, body: action.body }, error: null };
    case 'raw':
      return { custom_id, response: { status_code: action.status ?? 200, body: action.body }, error: null };
    default:
      return expect.fail(`a batch has nothing like ${action.kind}`);
  }
}

describe.each(Object.entries(CASES))('%s', (_, cases) => {
  describe.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    it('live', () => askLive(one));
    if (one.batch !== null) it('in batches', () => askInBatches(one));
  });
});
