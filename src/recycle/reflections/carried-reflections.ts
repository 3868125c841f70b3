import type { Sample } from '../../domain/sample.js';
import { isJsonObject, isWellFormed, type JsonObject } from '../../util/json-value.js';
import type { RecycledTurn } from '../rows/recycled-turn.js';
import type { ReflectedVariant, Reflection, ReflectionSource } from './reflection.js';

/** The field in which a row carries its candidates. */
export const CANDIDATES_FIELD = 'candidates';

/** The member of that field with candidates for several turns, each an object that names its `turn`. */
const TURNS_FIELD = 'turns';

/** The candidates of a row's turns as a row carries them, see {@link CARRIED_REFLECTIONS}. */
export function carriedCandidates(
  turns: readonly { readonly turn: RecycledTurn; readonly candidates: JsonObject }[],
): JsonObject {
  const [only, ...others] = turns;
  if (only !== undefined && others.length === 0) return only.candidates;
  return { [TURNS_FIELD]: turns.map(({ turn, candidates }) => ({ turn: turn.index, ...candidates })) };
}

/**
 * Candidates that come with the rows, in an object `candidates` with a member for each variant: `instruction`
 * holds `instruction`, `output` and maybe `input`; `response` (to the original) and `both` (to the reflected
 * instruction) hold `output`. A member that is not there, or not like this, is a variant that does not exist.
 * Of a conversation they are its last answer's, unless `turns` has such an object for each.
 */
export const CARRIED_REFLECTIONS: ReflectionSource = {
  async reflect(turn: RecycledTurn, variant: ReflectedVariant, base: Sample): Promise<Reflection> {
    const candidates = candidatesOf(turn);
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

function candidatesOf({ row, index, isDefault }: RecycledTurn): unknown {
  const candidates = row.object?.[CANDIDATES_FIELD];
  const turns = isJsonObject(candidates) ? candidates[TURNS_FIELD] : undefined;
  if (Array.isArray(turns)) return turns.find((one) => isJsonObject(one) && one.turn === index);
  return isDefault ? candidates : undefined;
}

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
