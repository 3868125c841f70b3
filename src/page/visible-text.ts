/**
 * Controls and format characters: what turns the direction of writing, hides text or is not seen itself. Whitespace and
 * the joiners that emoji and many scripts are written with are none of them.
 */
const INVISIBLE = /(?![\t\n\r\u200c\u200d])[\p{Cc}\p{Cf}]/gu;

/** A text in which what could turn or hide a part of it is spelled out: `‹U+202E›`. */
export function visibleText(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
  });
}
