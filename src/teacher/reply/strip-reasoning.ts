const OPENED = /^\s*<(think|thinking|reasoning|thought)>/i;
const CLOSED = /<\/(think|thinking|reasoning|thought)>/gi;

/**
 * Removes the block in which a reasoning model thinks before it replies. A block never closed leaves nothing:
 * the reply did not begin. Blocks further inside belong to the reply, which may well quote them.
 */
export function stripReasoning(text: string): string {
  const opening = OPENED.exec(text)?.[1];
  if (opening !== undefined) return behind(opening, text) ?? '';
  // Chat templates may put the opening tag into the prompt, so that only the closing one arrives.
  return /^\s*[[{`]/.test(text) ? text : (behind(undefined, text) ?? text);
}

/** What follows the first closing tag of this name, or of any. */
function behind(name: string | undefined, text: string): string | undefined {
  for (const closing of text.matchAll(CLOSED)) {
    if (name === undefined || closing[1]!.toLowerCase() === name.toLowerCase())
      return text.slice(closing.index + closing[0].length);
  }
  return undefined;
}
