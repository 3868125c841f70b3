import { ERROR_CODES, type ErrorCode, ReflectionError } from '../errors.js';

/** All that the C++ library says where something is looked up in a container that does not hold it. */
const OF_A_CONTAINER = /^(?:_Map_base|(?:unordered_)?map|vector|array|deque|basic_string)(?:::\w+.*)?$/;

const MISSING_ENTRY =
  'llama.cpp looked for something in the file’s metadata that is not there, most often a token that it expects in the ' +
  'vocabulary of this family, or of every model with such a name (general.name)';

/**
 * What llama.cpp logged, without the names of its functions and without the lines that only pass a failure on.
 */
export function plainReason(log: string): string {
  const reasons = log
    .split('; ')
    .filter((line) => !/failed to (?:load|read) (?:model|key-value pairs|tensor)/.test(line))
    .map((line) => line.replace(/^(?:(?:\w+|error loading model(?: \w+)?): )+/, '').replace(/\s+/g, ' '))
    .map((line) => (OF_A_CONTAINER.test(line) ? `${MISSING_ENTRY} (${line})` : line));
  return reasons.join('; ') || log;
}

function codeOf(error: unknown): ErrorCode {
  const code = (error as { code?: unknown }).code;
  return ERROR_CODES.find((known) => known === code) ?? 'internal';
}

/**
 * An error from the addon as a ReflectionError that carries the caller's stack. `what` says what was being done;
 * `remedies` what to do about it, by code.
 */
export function fromNative(
  error: unknown,
  what: string,
  remedies: Partial<Record<ErrorCode, string>> = {},
): ReflectionError {
  if (error instanceof ReflectionError) return error;
  const code = codeOf(error);
  const reason = plainReason(error instanceof Error ? error.message : String(error));
  const remedy = remedies[code];
  return new ReflectionError(code, `${what}: ${reason}`, { cause: error, ...(remedy && { remedy }) });
}
