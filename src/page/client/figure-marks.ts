import type { Mark } from '../row-filter.js';
import { visibleText } from '../visible-text.js';
import type { PageState } from './page-state.js';

interface Part {
  readonly element: SVGElement;
  readonly mark: Mark;
}

/** The parts of figures that can be chosen, by mouse and by keyboard. */
export class FigureMarks {
  readonly #parts: Part[] = [];
  readonly #state: PageState;

  constructor(state: PageState) {
    this.#state = state;
    for (const figure of document.querySelectorAll<HTMLElement>('[data-figure]')) this.#prepare(figure);
  }

  update(): void {
    for (const { element, mark } of this.#parts) {
      element.setAttribute('aria-pressed', String(this.#state.marks.includes(mark)));
    }
  }

  #prepare(figure: HTMLElement): void {
    const { figure: name = '', source = '0' } = figure.dataset;
    const place = Number(source);
    const marks = this.#state.data.sources[place]?.marks[name] ?? [];
    for (const svg of figure.querySelectorAll('svg')) {
      const elements = [...svg.querySelectorAll<SVGElement>('[data-mark]')];
      const parts = elements.flatMap((element): Part[] => {
        const mark = marks[Number(element.dataset.mark)];
        return mark === undefined ? [] : [{ element, mark }];
      });
      this.#parts.push(...parts);
      for (const [i, part] of parts.entries()) this.#makeButton(part, i, parts, place);
    }
  }

  /** Arrow keys go from part to part, so that a figure is one stop of the tab key. */
  #makeButton({ element, mark }: Part, i: number, parts: readonly Part[], source: number): void {
    const label = visibleText(mark.label);
    element.setAttribute('role', 'button');
    element.setAttribute('tabindex', i === 0 ? '0' : '-1');
    element.setAttribute('aria-label', label);
    const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
    title.textContent = label;
    element.append(title);
    element.addEventListener('click', () => this.#state.toggle(source, mark));
    element.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const isChoice = event.key === 'Enter' || event.key === ' ';
      if (step === undefined && !isChoice) return;
      event.preventDefault();
      event.stopPropagation();
      if (isChoice) this.#state.toggle(source, mark);
      else parts[i + (step ?? 0)]?.element.focus();
    });
  }
}
