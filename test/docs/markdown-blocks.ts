/** A fenced block of a page. */
export interface Block {
  /** What stands behind the opening fence; empty for none. */
  readonly language: string;
  readonly text: string;
  /** Line of the opening fence, from 1 on. */
  readonly line: number;
}

/** The fenced blocks of a page of Markdown, in order. */
export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let open: { readonly language: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [i, line] of page.split('\n').entries()) {
    const [, language] = /^```(.*)$/.exec(line) ?? [];
    if (language === undefined) open?.lines.push(line);
    else if (open === undefined) open = { language: language.trim(), line: i + 1, lines: [] };
    else {
      blocks.push({ language: open.language, line: open.line, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  if (open !== undefined) throw new Error(`the block that line ${open.line} opens is never closed`);
  return blocks;
}

/** A command of a page, and the output that the page shows for it. */
export interface ShownCommand {
  readonly command: string;
  /** Null where the page shows none. */
  readonly output: string | null;
  /** What a reader needs that nobody has from this repository alone, as its first line says: `# needs ...`. */
  readonly needs: string | null;
  /** Line of the block. */
  readonly line: number;
}

const NEEDS = /^(?:\$ )?# needs (.+)$/;

/**
 * What a reader would run: `sh` blocks whole, and of `console` blocks each line after a `$ `, a backslash at its end
 * taking in the next one.
 */
export function commandsOf(page: string): ShownCommand[] {
  return blocksOf(page).flatMap(({ language, text, line }) => {
    if (language !== 'sh' && language !== 'console') return [];
    const [first = '', ...rest] = text.split('\n');
    const needs = NEEDS.exec(first)?.[1] ?? null;
    const lines = needs === null ? [first, ...rest] : rest;
    if (language === 'sh') return [{ command: lines.join('\n'), output: null, needs, line }];
    return readTranscript(lines).map((shown) => ({ ...shown, needs, line }));
  });
}

function readTranscript(lines: readonly string[]): Pick<ShownCommand, 'command' | 'output'>[] {
  const shown: { command: string; output: string[] }[] = [];
  let goesOn = false;
  for (const line of lines) {
    const current = shown.at(-1);
    if (line.startsWith('$ ')) shown.push({ command: line.slice(2), output: [] });
    else if (current === undefined) throw new Error(`a transcript starts with a command, not with: ${line}`);
    else if (goesOn) current.command += `\n${line}`;
    else current.output.push(line);
    goesOn = line.endsWith('\\') && (line.startsWith('$ ') || goesOn);
  }
  return shown.map(({ command, output }) => ({
    command,
    output: output.length === 0 ? null : output.join('\n'),
  }));
}
