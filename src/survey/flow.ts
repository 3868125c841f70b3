import type { Flow, FlowNode } from './survey.js';

/** The node that all rows start from. */
export const FLOW_START = 'rows';
/** The node of the rows that are selected. */
export const KEPT = 'kept';

/** Nodes that rows only go through; whatever is not listed is where rows end that are dropped, for that reason. */
const STEPS: Readonly<Record<string, string>> = {
  [FLOW_START]: 'all rows',
  ifd_passed: 'IFD passes',
  rifd_passed: 'r-IFD passes',
  old_instruction: 'old instruction',
  new_instruction: 'new instruction',
  original: 'as it was',
  instruction: 'its own answer',
  response: 'new answer',
  both: 'answer made anew',
};

const ENDS: Readonly<Record<string, string>> = {
  [KEPT]: 'kept',
  below_top: 'below the top',
  ifd_too_high: 'IFD too high',
  rifd_too_high: 'r-IFD too high',
  ifd_missing: 'no IFD',
  rifd_missing: 'no r-IFD',
  response_not_better: 'new answer not better',
  response_unscorable: 'new answer has no score',
  no_response_candidate: 'no new answer',
};

/** How people call a node. */
export function flowLabel(node: string): string {
  return STEPS[node] ?? ENDS[node] ?? node.replaceAll('_', ' ');
}

/** Counts how rows go from node to node. */
export class FlowCounter {
  readonly #nodes = new Map<string, number>();
  readonly #links = new Map<string, { readonly from: string; readonly to: string; rows: number }>();

  /** @param path - The nodes behind the first, at least one. */
  add(path: readonly string[]): void {
    let from = FLOW_START;
    this.#count(from);
    for (const to of path) {
      this.#count(to);
      const key = JSON.stringify([from, to]);
      const link = this.#links.get(key) ?? { from, to, rows: 0 };
      link.rows++;
      this.#links.set(key, link);
      from = to;
    }
  }

  flow(): Flow {
    const nodes = [...this.#nodes].map(
      ([id, rows]): FlowNode => ({ id, label: flowLabel(id), rows, end: endOf(id) }),
    );
    return { nodes, links: [...this.#links.values()].sort((a, b) => b.rows - a.rows) };
  }

  #count(node: string): void {
    this.#nodes.set(node, (this.#nodes.get(node) ?? 0) + 1);
  }
}

function endOf(node: string): FlowNode['end'] {
  if (node === KEPT) return 'kept';
  return node in STEPS ? 'step' : 'dropped';
}
