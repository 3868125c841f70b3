import type { ShownTokens } from '../../survey/shown-row.js';
import { visibleText } from '../visible-text.js';
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
  const told = element(
    'p',
    { class: 'token-told', role: 'status' },
    'Point at a token, or go through them by arrow keys.',
  );
  const tokens = conditioned.map((after, i) => {
    const alone = direct[i]!;
    const text = texts?.[i] ?? '';
    const kind = `token help${stepOf(after - alone)}${text === '' ? ' is-blank' : ''}`;
    return element('span', { class: kind, 'data-token': String(i) }, text === '' ? ' ' : text);
  });
  const list = element(
    'div',
    { class: 'token-text', role: 'group', tabindex: '0', 'aria-label': 'tokens of the answer', dir: 'auto' },
    ...tokens,
  );
  let current = -1;
  const tell = (token: number) => {
    tokens[current]?.classList.remove('is-told');
    current = token;
    tokens[token]?.classList.add('is-told');
    const name = texts?.[token] ?? '';
    told.textContent = visibleText(
      tellToken(
        name === '' ? `token ${token + 1}` : JSON.stringify(name),
        conditioned[token]!,
        direct[token]!,
      ),
    );
  };
  const point = ({ target }: Event) => {
    const token = target instanceof Element ? target.closest<HTMLElement>('[data-token]') : null;
    if (token !== null) tell(Number(token.dataset.token));
  };
  list.addEventListener('pointerover', point);
  list.addEventListener('click', point);
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    tell(Math.max(0, Math.min(tokens.length - 1, current + step)));
  });
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const gain = (sum(conditioned) - sum(direct)) / conditioned.length;
  const note =
    'The scores do not say which text each token stands for; give the report the student to see it.';
  return element(
    'div',
    { class: 'tokens' },
    legend(gain),
    list,
    told,
    texts === undefined ? element('p', { class: 'note' }, note) : undefined,
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

function tellToken(name: string, after: number, alone: number): string {
  const difference = after - alone;
  const sign = difference >= 0 ? '+' : '−';
  return (
    `${name}: after the instruction ${percent(after)} (ln ${after.toFixed(2)}), ` +
    `by itself ${percent(alone)} (ln ${alone.toFixed(2)}), ${sign}${Math.abs(difference).toFixed(2)} nats`
  );
}

function percent(logprob: number): string {
  const share = 100 * Math.exp(logprob);
  return share >= 0.1 ? `${share.toFixed(1)}%` : '<0.1%';
}
