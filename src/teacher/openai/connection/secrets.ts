/** Shorter ones are no secrets (`EMPTY`, `ollama`), and words of many a text. */
const SHORTEST_SECRET = 8;

export type Redact = (text: string) => string;

/** Blots secrets out of whatever passes: servers and proxies may echo them in errors, models in replies. */
export function createRedactor(secrets: readonly string[]): Redact {
  const forms = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET)
    .flatMap((secret) => [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')])
    // Of one that is part of another, nothing must be left.
    .sort((a, b) => b.length - a.length);
  return (text) => forms.reduce((redacted, form) => redacted.replaceAll(form, '[secret]'), text);
}

/** Whether what goes by this name, in a header or an address, is one by all appearances. */
export function isSecretName(name: string): boolean {
  return /auth|key|token|secret|password|cookie|signature|^sig$/i.test(name);
}
