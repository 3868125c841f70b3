import type { Sample } from '../../domain/sample.js';
import { fitIntoRow, type RecycledTurn } from '../rows/recycled-turn.js';
import type { ReflectedVariant, Reflection, ReflectionSource } from './reflection.js';

/**
 * The candidate for one variant of a turn, in the form in which its row can hold it. Where the turn cannot say anything else
 * there is none, and nobody is asked. Rejects as {@link ReflectionSource.reflect} does.
 */
export async function reflectOn(
  turn: RecycledTurn,
  variant: ReflectedVariant,
  base: Sample,
  source: ReflectionSource,
): Promise<Reflection> {
  const isOpen = variant === 'instruction' ? turn.openness === 'pair' : turn.openness !== 'nothing';
  if (!isOpen) return { kind: 'absent' };
  const reflection = await source.reflect(turn, variant, base);
  if (reflection.kind !== 'candidate') return reflection;
  return { ...reflection, sample: fitIntoRow(turn, reflection.sample) };
}
