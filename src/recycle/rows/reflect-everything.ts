import { settleAll } from '../../util/settle-all.js';
import { reflectOn } from '../reflections/reflect-on.js';
import type { ReflectionSource } from '../reflections/reflection.js';
import { type DecidedTurn, variantSample } from './decided-turn.js';
import type { RecycledTurn } from './recycled-turn.js';

/**
 * The first version of the method: the instruction is reflected, then the response to what came of it, and the
 * result is kept unseen. Where a reflection fails, what was there stays.
 */
export function reflectEverything(
  turns: readonly RecycledTurn[],
  reflections: ReflectionSource,
): Promise<readonly DecidedTurn[]> {
  return settleAll(turns.map((turn) => reflectTurn(turn, reflections)));
}

async function reflectTurn(turn: RecycledTurn, source: ReflectionSource): Promise<DecidedTurn> {
  const instruction = await reflectOn(turn, 'instruction', turn.sample, source);
  const base = instruction.kind === 'candidate' ? instruction.sample : turn.sample;
  const reflected = instruction.kind === 'candidate' ? 'both' : 'response';
  const reflections = { instruction, [reflected]: await reflectOn(turn, reflected, base, source) };
  const [outcome = 'original'] = (['both', 'response', 'instruction'] as const).filter(
    (variant) => variantSample(turn, reflections, variant) !== undefined,
  );
  const evidence = { scores: {}, steps: [] };
  return { turn, decision: { kind: 'selected', outcome, evidence }, reflections, scores: {} };
}
