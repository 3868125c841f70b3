import type { ResolvedModel } from '../models/resolve-model.js';
import { memoryBeyond, shareOfPeak, speedRatio, speedRatioWithHead } from '../study/figures.js';
import type { Claim, Target } from '../study/study.js';

/** How a student's weights are stored. */
export type WeightType = 'f32' | 'f16' | 'q8_0';

/** All that an IFD study may say about one student; the names that the claims need are those of its entries. */
export function ifdClaims(type: WeightType, model: ResolvedModel, title: string): readonly Claim[] {
  const isQuantized = type === 'q8_0';
  const ours = `ours ${type}`;
  const stock = `node-prefill ${type}`;
  const subject = `${title}, ${type.toUpperCase()}`;
  const times = (
    what: string,
    against: string,
    other: string,
    measure: Claim['measure'],
    target?: Target,
  ): Claim => ({
    ...{ what, subject, against, unit: 'times', needs: [ours, other], measure },
    ...(target && { target }),
  });
  const claims = [
    times(
      'IFD only, rows/s',
      'Hugging Face, fp32',
      'hf',
      speedRatio(ours, 'hf'),
      isQuantized ? { direction: 'at least', done: 2.5, aim: 4 } : { direction: 'at least', done: 1.6 },
    ),
    times(
      'tokens/s, head included',
      'prebuilt prefill + head',
      stock,
      speedRatioWithHead(ours, stock, model.cost, 0),
      { direction: 'at least', done: 1.5, aim: 3 },
    ),
    times(
      'tokens/s',
      'controlledEvaluate',
      `node-probabilities ${type}`,
      speedRatio(ours, `node-probabilities ${type}`),
      {
        direction: 'at least',
        done: 12,
        aim: 20,
      },
    ),
    times(
      'tokens/s',
      'stock prefill, same back end',
      `prefill ${type}`,
      speedRatio(ours, `prefill ${type}`),
      {
        direction: 'at least',
        done: 2,
        aim: 3.5,
      },
    ),
    times(
      'tokens/s, head included',
      'stock prefill, same back end, + head',
      `prefill ${type}`,
      speedRatioWithHead(ours, `prefill ${type}`, model.cost, 1),
    ),
  ];
  return [
    ...claims,
    {
      what: 'achieved rate of the forward pass',
      subject,
      against: 'SGEMM peak',
      unit: 'percent',
      needs: [ours, 'sgemm'],
      measure: shareOfPeak(ours, model.cost),
      target: isQuantized
        ? { direction: 'at least', done: 60, aim: 100 }
        : { direction: 'at least', done: 60 },
    },
    {
      what: 'peak memory beyond the weights',
      subject,
      against: '',
      unit: 'megabytes',
      needs: [ours],
      measure: memoryBeyond(model, ours),
      target: { direction: 'at most', done: 600 },
    },
  ];
}
