import { METRICS } from '../../domain/score.js';
import type { Survey } from '../../survey/survey.js';
import { distributionFigure } from './distribution-figure.js';
import type { Figure } from './figure.js';
import { flowFigure } from './flow-figure.js';
import { groupsFigure } from './groups-figure.js';
import { lengthsFigure } from './lengths-figure.js';
import { pairsFigure } from './pairs-figure.js';
import { reasonsFigure } from './reasons-figure.js';
import { teacherFigure } from './teacher-figure.js';

/** The figures of a survey, as far as there is something to draw. */
export function figuresOf(survey: Survey): readonly Figure[] {
  const { distributions, pairs, lengths, groups, flow, reasons, teacher, rows } = survey;
  const hasLengths = [...lengths.kept, ...lengths.dropped].some((count) => count > 0);
  return [
    ...METRICS.flatMap((metric) => {
      const distribution = distributions[metric];
      return distribution === undefined ? [] : [distributionFigure(metric, distribution)];
    }),
    flowFigure(flow, rows),
    ...(pairs === undefined ? [] : [pairsFigure(pairs)]),
    ...(hasLengths ? [lengthsFigure(lengths)] : []),
    ...(groups === undefined
      ? []
      : METRICS.flatMap((metric) =>
          groups.groups.some((group) => group[metric] !== null) ? [groupsFigure(metric, groups)] : [],
        )),
    ...(reasons.length === 0 ? [] : [reasonsFigure(reasons)]),
    ...(teacher === undefined ? [] : [teacherFigure(teacher)]),
  ];
}
