import { named } from '../options/option-name.js';
import { formatCount, formatShare } from '../util/format.js';
import { REASON_TEXT } from './reason-text.js';
import { reasonsByCount } from './reasons-by-count.js';
import type { Summary } from './summarize.js';

/** Fewer values say too little about a template. */
const MIN_IFD_VALUES = 20;
const MANY_ABOVE_ONE = 0.5;
const MANY_TRUNCATED = 0.2;

/** Warnings about a run that went through but is probably not what was meant: a sentence or two each. */
export function adviseOnScores(summary: Summary): string[] {
  return [nothingScored(summary), mostlyAboveOne(summary), oftenTruncated(summary)].filter(
    (advice) => advice !== undefined,
  );
}

function nothingScored({ rows, scored, reasons }: Summary): string | undefined {
  const [dominant] = reasonsByCount(reasons);
  if (scored > 0 || dominant === undefined) return undefined;
  const [reason, count] = dominant;
  return `None of the ${formatCount(rows)} rows could be scored, ${formatCount(count)} of them because ${REASON_TEXT[reason]} (${reason}).`;
}

function mostlyAboveOne({ metrics: { ifd } }: Summary): string | undefined {
  if (ifd === undefined || ifd.count < MIN_IFD_VALUES || ifd.shareAboveOne <= MANY_ABOVE_ONE)
    return undefined;
  return (
    `IFD is above 1 for ${formatShare(ifd.shareAboveOne)} of the rows: usually the student does not know the template. ` +
    `Try ${named('template')} none or another template, and check that the instruction and output columns are the right ones.`
  );
}

function oftenTruncated({ rows, truncated }: Summary): string | undefined {
  if (rows === 0 || truncated / rows <= MANY_TRUNCATED) return undefined;
  return (
    `${formatShare(truncated / rows)} of the rows were cut to the maximum length, so their scores cover only the head of ` +
    `the text. Raise ${named('maxLength')} as far as the student allows.`
  );
}
