import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unknownWords } from './command-words.js';
import { commandsOf, type ShownCommand } from './markdown-blocks.js';
import { PAGES, readPage } from './pages.js';
import { ReaderMachine, type ShellResult } from './reader-machine.js';
import { showsOutput } from './shown-output.js';
import { runWithStandIns } from './stand-ins.js';

/** What no test machine can be asked for; of such commands only the words are checked. */
const NOT_TO_BE_HAD = /GPU|checkout|compiler/;

/**
 * Every command of every page is run as a reader would, page by page from top to bottom, and ends as the page shows: with
 * the output given, and with the exit code that goes with it.
 */
describe.each(PAGES.filter((page) => commandsOf(readPage(page)).length > 0))('the commands of %s', (page) => {
  let machine: ReaderMachine;
  beforeAll(async () => {
    machine = await ReaderMachine.create();
  });
  afterAll(() => machine.remove());

  const commands = commandsOf(readPage(page)).map((shown) => ({ ...shown, title: titleOf(shown) }));
  it.for(commands)('$title', async ({ command, output, needs }, { signal }) => {
    if (needs !== null && NOT_TO_BE_HAD.test(needs)) {
      expect(await unknownWords(command)).toEqual([]);
      return;
    }
    const result =
      needs === null
        ? await machine.run(command, { signal })
        : await runWithStandIns(machine, command, signal);
    expectAsShown(result, output);
  });
});

function titleOf({ line, command }: ShownCommand): string {
  return `line ${line}: ${command.replace(/\s+/g, ' ').slice(0, 90)}`;
}

function expectAsShown({ code, screen }: ShellResult, output: string | null): void {
  const ended = /^error: /m.test(output ?? '') ? 2 : 0;
  expect(code, screen).toBe(ended);
  // the assertion is there for the sake of its message, which shows the two side by side
  if (output !== null && !showsOutput(output, screen)) expect(screen).toBe(output);
}
