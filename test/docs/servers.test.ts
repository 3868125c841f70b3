import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPage } from './pages.js';
import { ReaderMachine } from './reader-machine.js';
import { runWithStandIns } from './stand-ins.js';

const ROW = /^\| ([\w. ]+) \| `((?:openai|azure):[^`]+)` \|/gm;

/** The servers of the teachers' page, each with what follows `teacher-check`. */
const servers = [...readPage('docs/teachers.md').matchAll(ROW)].map(([, name, words]) => ({ name, words }));

describe('the table of servers', () => {
  let machine: ReaderMachine;
  beforeAll(async () => {
    machine = await ReaderMachine.create();
  });
  afterAll(() => machine.remove());

  it('has all that people have', () => {
    const names = servers.map(({ name }) => name).join(', ');
    expect(names).toBe(
      'OpenAI, Azure, OpenRouter, Gemini, vLLM, SGLang, llama.cpp, Ollama, LM Studio, LiteLLM',
    );
  });

  it.for(servers)('has words for $name that work', async ({ words }, { signal }) => {
    const script = `npx reflection-tuning teacher-check ${words}`;
    const { code, screen } = await runWithStandIns(machine, script, signal);
    expect(code, screen).toBe(0);
    expect(screen).toContain(`teacher        ${words!.split(' ', 1)}`);
  });
});
