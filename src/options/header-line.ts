/** Whether a text has the form of a header: a name, a colon and a value. */
export function isHeaderLine(text: unknown): text is string {
  return (
    typeof text === 'string' && /^[!#$%&'*+.^_`|~0-9a-z-]+[ \t]*:[ \t]*[^\s\p{Cc}][^\p{Cc}]*$/iu.test(text)
  );
}
