import type { ShownTokens } from '../../survey/shown-row.js';
import { element } from './dom.js';

/** Colours: from what the instruction made harder to predict to what it made easier. */
const STEPS = 5;
/** From this difference on, in nats, the colour is the strongest. */
const STRONGEST = 3;

/**
 * The answer token by token, each coloured by how much the instruction helped to predict it: its log-prob after the
 * instruction minus its log-prob by itself.
 */
export function tokenView({ texts, conditioned, direct }: ShownTokens): HTMLElement {
  const tokens = conditioned.map((after, i) => {
    const alone = direct[i]!;
    const text = texts?.[i];
    const label = tell(text ?? `token ${i + 1}`, after, alone);
    return element(
      'span',
      {
        class: `token help${stepOf(after - alone)}${text === undefined ? ' is-blank' : ''}`,
        title: label,
        tabindex: '0',
      },
      text ?? ' ',
    );
  });
  const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);
  const gain = (sum(conditioned) - sum(direct)) / conditioned.length;
  return element(
    'div',
    { class: 'tokens' },
    legend(gain),
    element(
      'div',
      { class: 'token-text', role: 'group', 'aria-label': 'tokens of the answer', dir: 'auto' },
      ...tokens,
    ),
    texts === undefined
      ? element(
          'p',
          { class: 'note' },
          'The scores do not say which text each token stands for; give the report the student to see it.',
        )
      : undefined,
  );
}

function legend(gain: number): HTMLElement {
  const scale = Array.from({ length: 2 * STEPS + 1 }, (_, i) =>
    element('span', { class: `swatch help${i - STEPS}` }),
  );
  const verdict = gain >= 0 ? 'easier' : 'harder';
  return element(
    'p',
    { class: 'token-legend' },
    'harder ',
    ...scale,
    ` easier to predict after the instruction. On average ${Math.abs(gain).toFixed(3)} nats a token ${verdict}: IFD ${Math.exp(-gain).toFixed(3)}`,
  );
}

/** From -STEPS to STEPS. */
function stepOf(difference: number): number {
  const step = Math.round((difference / STRONGEST) * STEPS);
  return Math.max(-STEPS, Math.min(STEPS, step));
}

function tell(text: string, after: number, alone: number): string {
  const difference = after - alone;
  const sign = difference >= 0 ? '+' : '−';
  return (
    `${JSON.stringify(text)}  after the instruction ${percent(after)} (ln ${after.toFixed(2)}), ` +
    `by itself ${percent(alone)} (ln ${alone.toFixed(2)}): ${sign}${Math.abs(difference).toFixed(2)} nats`
  );
}

function percent(logprob: number): string {
  const share = 100 * Math.exp(logprob);
  return share >= 0.1 ? `${share.toFixed(1)}%` : '<0.1%';
}
