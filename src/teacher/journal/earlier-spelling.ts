import { isJsonObject } from '../../util/json-value.js';

/**
 * A value from a file in its present spelling: what is called `format` was once called `mode`, and a reply of kind
 * `failed` was once `rejected`. Anything else is left as it is.
 */
export function inPresentSpelling(value: unknown): unknown {
  if (!isJsonObject(value)) return value;
  const { mode, ...others } = value;
  return {
    ...others,
    ...(mode !== undefined && { format: mode }),
    ...(value.kind === 'rejected' && { kind: 'failed' }),
  };
}
