/** How long a reply a server says it lets a request ask for. */
export interface TokenCap {
  readonly tokens: number;
  /** Whether that goes for every request, or follows from the length of this one's prompt. */
  readonly reach: 'all' | 'this';
}

/** A reply with less room than this is not worth asking for. */
const LEAST_ROOM = 64;

/**
 * Reads from an error's words how many tokens a reply may have; undefined where they are about something else.
 * @param said - As {@link ChatFault.said} has it.
 * @param asked - What the request asked for.
 */
export function readTokenCap(said: string, asked: number): TokenCap | undefined {
  const words = said.replace(/(?<=\d),(?=\d{3}\b)/g, '');
  const room = roomInContext(words);
  if (room !== undefined)
    return room >= LEAST_ROOM && room < asked ? { tokens: room, reach: 'this' } : undefined;
  if (!/max_(?:completion_|output_|new_)?tokens|(?:completion|output|new|generated) tokens/i.test(words))
    return undefined;
  const [, excluded] = /(\d+)\s*\(exclusive\)/.exec(words) ?? [];
  const numbers = [...words.matchAll(/\d+/g)].map(Number).filter((n) => n >= LEAST_ROOM && n < asked);
  const tokens = excluded === undefined ? Math.max(...numbers) : Number(excluded) - 1;
  return tokens >= LEAST_ROOM && tokens < asked ? { tokens, reach: 'all' } : undefined;
}

/** What a model's context leaves to the reply, where a server does the sum for us or tells its parts. */
function roomInContext(words: string): number | undefined {
  const [, context, prompt] = /> (\d+) - (\d+)\)/.exec(words) ?? [];
  if (context !== undefined) return Number(context) - Number(prompt);
  const [, length] = /context (?:length|size|window)[^0-9]{0,20}(\d+)/i.exec(words) ?? [];
  const taken =
    /(\d+) (?:in the messages|input tokens|tokens from the input|prompt tokens)/i.exec(words) ??
    /prompt contains (?:at least )?(\d+)/i.exec(words);
  return length === undefined || taken === null ? undefined : Number(length) - Number(taken[1]);
}
