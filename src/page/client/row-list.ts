import type { ShownRow } from '../../survey/shown-row.js';
import { byId, element } from './dom.js';
import type { PageState } from './page-state.js';
import { titleOf } from './row-text.js';

/** More rows than this are put into the list in portions, as the reader comes to them. */
const PORTION = 200;

/** The list of rows on the left: a list box of which one row is chosen. */
export class RowList {
  readonly #state: PageState;
  readonly #list = byId('rows');
  #shown: readonly ShownRow[] = [];

  constructor(state: PageState) {
    this.#state = state;
    this.#list.addEventListener('click', ({ target }) => {
      const option = target instanceof Element ? target.closest<HTMLElement>('[role=option]') : null;
      if (option?.dataset.key !== undefined) state.select(option.dataset.key);
    });
    this.#list.addEventListener('scroll', () => {
      const { scrollTop, clientHeight, scrollHeight } = this.#list;
      if (scrollTop + clientHeight > scrollHeight - 400) this.#extend(PORTION);
    });
  }

  update(): void {
    const { list, current, position } = this.#state;
    if (list !== this.#shown) {
      this.#shown = list;
      this.#list.replaceChildren();
      this.#list.scrollTop = 0;
      this.#extend(PORTION);
    }
    this.#extend(position + 1 - this.#list.childElementCount);
    this.#list.querySelector('[aria-selected=true]')?.setAttribute('aria-selected', 'false');
    const option = this.#list.children[position];
    if (option === undefined || current === undefined) {
      this.#list.removeAttribute('aria-activedescendant');
      return;
    }
    option.setAttribute('aria-selected', 'true');
    this.#list.setAttribute('aria-activedescendant', option.id);
    scrollWithin(this.#list, option as HTMLElement);
  }

  #extend(by: number): void {
    const from = this.#list.childElementCount;
    this.#list.append(...this.#shown.slice(from, from + Math.max(0, by)).map(optionOf));
  }
}

/** Scrolls the list and nothing around it, which `scrollIntoView` would. */
function scrollWithin(list: HTMLElement, option: HTMLElement): void {
  const top = option.offsetTop - list.offsetTop;
  if (top < list.scrollTop) list.scrollTop = top;
  const bottom = top + option.offsetHeight;
  if (bottom > list.scrollTop + list.clientHeight) list.scrollTop = bottom - list.clientHeight;
}

function optionOf(row: ShownRow): HTMLElement {
  const { before, after, isKept } = row;
  const ifd = after?.ifd ?? before.ifd;
  const rifd = after?.rifd ?? before.rifd;
  return element(
    'div',
    {
      role: 'option',
      id: `row-${row.key}-${row.place}`,
      'aria-selected': 'false',
      'data-key': row.key,
      class: 'row',
    },
    element('span', {
      class: `dot ${isKept ? 'is-kept' : 'is-dropped'}`,
      title: isKept ? 'kept' : 'dropped',
    }),
    element('span', { class: 'row-title', dir: 'auto' }, titleOf(row)),
    element('span', { class: 'row-figures' }, figureText(ifd), ' · ', figureText(rifd)),
  );
}

function figureText(value: number | null): string {
  return value === null ? '–' : value.toFixed(2);
}
