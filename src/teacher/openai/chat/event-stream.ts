/** Whether a body is a stream of server-sent events. */
export function isEventStream(text: string): boolean {
  return /^\s*(?:data|event|id|retry)?:/.test(text);
}

/** What the events of a stream carry, in order; `[DONE]` among it. */
export function* eventData(text: string): Generator<string, void> {
  let data: string[] = [];
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line === '') {
      if (data.length > 0) yield data.join('\n');
      data = [];
    } else if (line.startsWith('data:')) data.push(line.slice(line[5] === ' ' ? 6 : 5));
  }
  if (data.length > 0) yield data.join('\n');
}

export const END_OF_STREAM = '[DONE]';

/** A body without an end of stream that was put behind it although it is no stream. */
export function withoutStreamEnd(text: string): string {
  const end = text.trimEnd();
  if (!end.endsWith(END_OF_STREAM)) return text;
  const before = end.slice(0, -END_OF_STREAM.length).trimEnd();
  return before.endsWith('data:') ? before.slice(0, -'data:'.length) : text;
}
