import type { PageData } from '../page-data.js';
import { byId, element } from './dom.js';
import { FigureMarks } from './figure-marks.js';
import { PageState, type SortKey } from './page-state.js';
import { rowDetail } from './row-detail.js';
import { RowList } from './row-list.js';

const state = new PageState(JSON.parse(byId('data').textContent ?? '') as PageData, update);
const rowList = new RowList(state);
const figureMarks = new FigureMarks(state);
const search = byId<HTMLInputElement>('search');
const sortKey = byId<HTMLSelectElement>('sort');
const direction = byId<HTMLButtonElement>('direction');
const sourceChoice = document.getElementById('source') as HTMLSelectElement | null;
const differing = document.getElementById('differing') as HTMLInputElement | null;

/** Brings all that depends on the state up to date. */
function update(): void {
  rowList.update();
  figureMarks.update();
  updateStatus();
  updateChips();
  const { current } = state;
  const shown =
    current === undefined
      ? [element('p', { class: 'empty' }, 'No row is left. Take a filter away.')]
      : rowDetail(current, state.source, state.elsewhere(current));
  byId('detail').replaceChildren(...shown);
  if (sourceChoice !== null) sourceChoice.value = String(state.sourceIndex);
  if (differing !== null) differing.checked = state.onlyDiffering;
  direction.setAttribute('aria-pressed', String(state.isDescending));
  direction.textContent = state.isDescending ? '↓ largest first' : '↑ smallest first';
}

function updateStatus(): void {
  const { list, position, source } = state;
  const count = list.length.toLocaleString('en');
  const of = source.rows.length < source.total ? ` shown of ${source.total.toLocaleString('en')}` : '';
  byId('status').textContent =
    `${list.length === 0 ? 0 : (position + 1).toLocaleString('en')} of ${count}${of}`;
}

function updateChips(): void {
  const chips = state.marks.map((mark) => {
    const chip = element(
      'button',
      { type: 'button', class: 'chip', title: 'take this filter away' },
      mark.label,
      ' ✕',
    );
    chip.addEventListener('click', () => state.toggle(state.sourceIndex, mark));
    return chip;
  });
  byId('chips').replaceChildren(...chips);
}

/** Puts the row into the address, so that it can be passed on; the reader's way back is not filled with rows. */
function writeAddress(): void {
  const { current, sourceIndex } = state;
  if (current === undefined) return;
  const where = sourceIndex === 0 ? '' : `&in=${sourceIndex}`;
  history.replaceState(null, '', `#row=${current.key}${where}`);
}

/** Opens the row that the address names; false when it names none that is shown. */
function openAddressed(): boolean {
  const address = new URLSearchParams(location.hash.slice(1));
  const key = address.get('row');
  return key !== null && state.open(Number(address.get('in') ?? 0), key);
}

function exportKeys(): void {
  const keys = state.list.map(({ key }) => `${key}\n`).join('');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([keys], { type: 'text/plain' }));
  link.download = 'row-keys.txt';
  link.click();
  URL.revokeObjectURL(link.href);
}

function onKey(event: KeyboardEvent): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === 'Escape' && isTyping) (event.target as HTMLElement).blur();
  if (isTyping) return;
  const steps: Readonly<Record<string, number>> = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
  const step = steps[event.key];
  // the arrows scroll the page, unless the reader is in the list
  const isScroll = event.key.startsWith('Arrow') && event.target !== byId('rows');
  if (step !== undefined && !isScroll) {
    state.move(step);
    writeAddress();
  } else if (event.key === '/') search.focus();
  else if (event.key === 'Escape') clearAll();
  else return;
  event.preventDefault();
}

function clearAll(): void {
  search.value = '';
  state.clear();
}

search.addEventListener('input', () => state.search(search.value));
sortKey.addEventListener('change', () => state.sortBy(sortKey.value as SortKey, state.isDescending));
direction.addEventListener('click', () => state.sortBy(sortKey.value as SortKey, !state.isDescending));
sourceChoice?.addEventListener('change', () => state.showSource(Number(sourceChoice.value)));
differing?.addEventListener('change', () => state.showDiffering(differing.checked));
byId('clear').addEventListener('click', clearAll);
byId('export').addEventListener('click', exportKeys);
byId('previous').addEventListener('click', () => {
  state.move(-1);
  writeAddress();
});
byId('next').addEventListener('click', () => {
  state.move(1);
  writeAddress();
});
byId('rows').addEventListener('click', writeAddress);
document.addEventListener('keydown', onKey);
window.addEventListener('hashchange', openAddressed);
if (openAddressed()) byId('browser').scrollIntoView();
else update();
