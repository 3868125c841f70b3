import type { JsonObject } from '../util/json-value.js';

const COMPARISONS: Readonly<Record<string, string>> = {
  better: 'it is strictly better',
  only_reflected_scored: 'only the reflected side could be scored',
  tie: 'both are equal, and what was there stays',
  worse: 'the reflected side is worse',
  reflected_unscorable: 'the reflected side could not be scored',
  no_candidate: 'there is no candidate',
};

/** One step of an audited decision, in words. */
export function tellStep({ kind, chosen, reason, base, variant, verdict }: JsonObject): string {
  const because = COMPARISONS[String(reason)] ?? reason;
  switch (kind) {
    case 'instruction':
      return `instruction (higher IFD wins): ${chosen}, ${because}`;
    case 'response':
      return `response to ${base} (lower r-IFD wins): ${chosen}, ${because}`;
    default:
      return `thresholds for ${variant}: ${verdict}`;
  }
}
