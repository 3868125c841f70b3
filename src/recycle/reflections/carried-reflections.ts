import type { SampleRow } from '../../dataset/row.js';
import type { Sample } from '../../domain/sample.js';
import { isJsonObject, isWellFormed, type JsonObject } from '../../util/json-value.js';
import type { ReflectedVariant, Reflection, ReflectionSource } from './reflection.js';

/** The field in which a row carries its candidates. */
export const CANDIDATES_FIELD = 'candidates';

/**
 * Candidates that come with the rows, in an object `candidates` with a member for each variant: `instruction`
 * holds `instruction`, `output` and maybe `input`; `response` (to the original) and `both` (to the reflected
 * instruction) hold `output`. A member that is not there, or not like this, is a variant that does not exist.
 */
export const CARRIED_REFLECTIONS: ReflectionSource = {
  async reflect(row: SampleRow, variant: ReflectedVariant, base: Sample): Promise<Reflection> {
    const candidates = row.object?.[CANDIDATES_FIELD];
    const carried = isJsonObject(candidates) ? candidates[variant] : undefined;
    if (!isJsonObject(carried)) return { kind: 'absent' };
    const sample = variant === 'instruction' ? pairOf(carried) : withOutput(base, carried);
    if (sample === undefined || !Object.values(sample).every(isWellFormed)) return { kind: 'absent' };
    const isUnchanged = (['instruction', 'input', 'output'] as const).every(
      (field) => sample[field] === base[field],
    );
    return isUnchanged ? { kind: 'unchanged' } : { kind: 'candidate', sample };
  },
};

function pairOf({ instruction, input, output }: JsonObject): Sample | undefined {
  const given = input ?? '';
  if (typeof instruction !== 'string' || typeof given !== 'string' || typeof output !== 'string') {
    return undefined;
  }
  return { instruction, input: given, output };
}

function withOutput(base: Sample, { output }: JsonObject): Sample | undefined {
  return typeof output === 'string' ? { ...base, output } : undefined;
}
