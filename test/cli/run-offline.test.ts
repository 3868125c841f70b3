import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { internetSockets } from '../helpers/internet-sockets.js';
import { TINY_STUDENT } from '../helpers/paths.js';
import { runCli, startCli, TINY_ON_ONE_THREAD } from '../helpers/run-cli.js';
import { RecycleFixture, shortRows } from '../recycle/recycle-fixture.js';
import { atStep } from './fixtures/steps.js';

const FORBID_NETWORK = new URL('fixtures/forbid-network.mjs', import.meta.url).href;

let fixture: RecycleFixture;
beforeEach(async () => {
  fixture = await RecycleFixture.create();
});
afterEach(() => fixture.remove());

/** The shipped student is its own teacher; so small a one ends no text by itself. */
const ITSELF = ['--teacher', `gguf:${TINY_STUDENT}`, '--concurrency', '1', '--max-field-characters', '5'];

function runArguments(teacher: readonly string[] = ITSELF): string[] {
  return ['run', fixture.dataset, '-o', fixture.path('run'), ...TINY_ON_ONE_THREAD, ...teacher];
}

describe('run with a teacher in this process', () => {
  it('opens no socket, from loading the models to writing the outputs', async () => {
    await fixture.writeRows(await shortRows(2));
    const { child, ended } = startCli(runArguments(), { preload: FORBID_NETWORK });
    const opened = new Set<string>();
    const watch = setInterval(() => {
      for (const socket of internetSockets(child.pid)) opened.add(socket);
    }, 5);
    const { code, stderr } = await ended;
    clearInterval(watch);
    expect(code, stderr).toBe(0);
    expect([...opened]).toEqual([]);
    const { teacher } = JSON.parse(await fixture.output('summary.json'));
    expect(teacher).toMatchObject({ answered: 4, cost: 0 });
  });

  it('would have been caught at it', async () => {
    await fixture.writeRows(await shortRows(1));
    const remote = ['--teacher', 'openai:x', '--base-url', 'http://127.0.0.1:4000/v1'];
    const { code, stderr } = await runCli(runArguments(remote), { preload: FORBID_NETWORK });
    expect({ code, stderr }).toMatchObject({ code: 77, stderr: expect.stringContaining('used the network') });
  });

  it('finishes what is under way at Ctrl-C, and goes on from there', async () => {
    await fixture.writeRows(await shortRows(3));
    // the first commit makes the state, the second keeps the first reply
    const interrupted = atStep({ signal: 'SIGINT', of: 'commit', step: 2 });
    const { code, signal, stderr } = await runCli(runArguments(), interrupted);
    expect({ code, signal }, stderr).toEqual({ code: 130, signal: null });
    expect(stderr).toContain('the same command goes on from here');
    const resumed = await runCli(runArguments());
    expect(resumed.code, resumed.stderr).toBe(0);
  });
});
