import { ReflectionError } from '../errors.js';

/**
 * What an option is refused with.
 * @param option - Its name in the library, also where it is no option that we know.
 * @param details.remedy - What to do about it, as one sentence.
 */
export function optionError(
  option: string,
  message: string,
  details: { readonly remedy?: string; readonly cause?: unknown } = {},
): ReflectionError {
  return new ReflectionError('invalid_option', message, { ...details, option });
}
