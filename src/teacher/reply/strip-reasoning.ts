const OPENED = /^\s*<(think|thinking|reasoning|thought)>/i;
const CLOSED = /<\/(?:think|thinking|reasoning|thought)>/i;

/**
 * Removes the block in which a reasoning model thinks before it replies. A block never closed leaves nothing:
 * the reply did not begin. Blocks further inside belong to the reply, which may well quote them.
 */
export function stripReasoning(text: string): string {
  const opening = OPENED.exec(text)?.[1];
  if (opening !== undefined) {
    const closing = `</${opening}>`.toLowerCase();
    const at = text.toLowerCase().indexOf(closing);
    return at === -1 ? '' : text.slice(at + closing.length);
  }
  // Chat templates may put the opening tag into the prompt, so that only the closing one arrives.
  if (/^\s*[[{`]/.test(text)) return text;
  const closing = CLOSED.exec(text);
  return closing === null ? text : text.slice(closing.index + closing[0].length);
}
