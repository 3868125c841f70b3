import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TINY_STUDENT } from '../helpers/paths.js';
import { startScriptedBatches } from '../helpers/scripted-batch-server.js';
import { shortRows } from '../recycle/recycle-fixture.js';
import { recycledFields, startRecyclingTeacher } from '../recycle/recycling-teacher.js';
import type { ReaderMachine, ShellResult } from './reader-machine.js';

const BASE_URL = /--base-url \S+/g;
const KEY_VARIABLE = /--api-key-variable (\w+)/g;

/**
 * Runs what a page marks as needing more than this repository, with stand-ins: the shipped student for a real one, three
 * rows for `data.jsonl`, and for a teacher's server one on this machine that answers as scripted. It is named by
 * a config file, in place of the provider's address, and in the command, in place of any other. Every key is set.
 */
export async function runWithStandIns(
  machine: ReaderMachine,
  script: string,
  signal: AbortSignal,
): Promise<ShellResult> {
  await using server = script.includes('--teacher-batch')
    ? await startBatches()
    : await startRecyclingTeacher();
  const at = (name: string) => join(machine.directory, name);
  const standIns = ['data.jsonl', 'Llama-3.2-1B-Q8_0.gguf', 'reflection-tuning.config.json'].map(at);
  const [data, student, config] = standIns as [string, string, string];
  await writeFile(data, `${(await shortRows(3)).join('\n')}\n`);
  await symlink(TINY_STUDENT, student);
  await writeFile(config, JSON.stringify({ baseUrl: server.baseUrl, batchPoll: 0.02 }));
  try {
    const here = script.replaceAll(BASE_URL, `--base-url ${server.baseUrl}`);
    const keys = [...script.matchAll(KEY_VARIABLE)].map(([, name]) => name!);
    const variables = ['OPENAI_API_KEY', 'AZURE_OPENAI_API_KEY', ...keys];
    const environment = Object.fromEntries(variables.map((name) => [name, 'a-key']));
    return await machine.run(here, { signal, environment });
  } finally {
    for (const file of standIns) await rm(file);
  }
}

function startBatches() {
  return startScriptedBatches({
    result: ({ custom_id, body }) => {
      const message = { content: JSON.stringify(recycledFields(body)) };
      const usage = { prompt_tokens: 100, completion_tokens: 50 };
      const completion = { model: 'batched', choices: [{ finish_reason: 'stop', message }], usage };
      return { custom_id, response: { status_code: 200, body: completion } };
    },
  });
}
