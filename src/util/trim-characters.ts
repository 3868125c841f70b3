/**
 * The text without the characters at its two ends that are among `characters`, each a single UTF-16 unit. Takes one look
 * at each: a regular expression that is anchored at a text's end begins anew at every character.
 */
export function trimCharacters(text: string, characters: ReadonlySet<string>): string {
  let start = 0;
  while (start < text.length && characters.has(text[start]!)) start++;
  return trimEndCharacters(text.slice(start), characters);
}

/** The same at the end only. */
export function trimEndCharacters(text: string, characters: ReadonlySet<string>): string {
  let end = text.length;
  while (end > 0 && characters.has(text[end - 1]!)) end--;
  return text.slice(0, end);
}
