import type {
  ShownContent,
  ShownDecision,
  ShownReflection,
  ShownRow,
  ShownSample,
  ShownScores,
  ShownText,
  ShownTurn,
} from '../../survey/shown-row.js';
import type { PageSource } from '../page-data.js';
import { element } from './dom.js';
import { textOf } from './row-text.js';
import { tokenView } from './token-view.js';
import { wordDiff } from './word-diff.js';

/** One row in full. */
export function rowDetail(
  row: ShownRow,
  source: PageSource,
  elsewhere: readonly { readonly source: PageSource; readonly row: ShownRow }[],
): HTMLElement[] {
  const { decision, others = [], tokens, detail, fields } = row;
  return [
    heading(row, source),
    ...elsewhere.map((other) => otherDecision(other, row)),
    ...(detail === null ? [] : [element('p', { class: 'problem', dir: 'auto' }, textOf(detail))]),
    ...contentOf(row.content),
    ...(tokens === undefined ? [] : [section('Token by token', tokenView(tokens))]),
    ...(decision === undefined ? [] : decisionOf(decision)),
    ...others.map(({ turn, verdict, before, after, decision }) =>
      folded(
        `Turn ${turn}, ${verdict}`,
        ...(after === undefined ? sampleOf(before) : changeOf(before, after)),
        ...decisionOf(decision),
      ),
    ),
    ...(fields.length === 0 ? [] : [folded('All fields', pairs(fields))]),
  ];
}

function heading(row: ShownRow, source: PageSource): HTMLElement {
  const { id, key, place, isKept, before, after, length, group, path } = row;
  const end = source.labels[path.at(-1) ?? ''] ?? '';
  const facts = [
    isKept ? badge('kept', 'is-kept') : badge(`dropped: ${end}`, 'is-dropped'),
    ...scoreBadges(before, after === null ? '' : 'before '),
    ...(after === null ? [] : scoreBadges(after, 'after ')),
    ...(length === null ? [] : [badge(`${length.toLocaleString('en')} ${source.unit}`)]),
    ...(group === null ? [] : [badge(`${source.field}: ${group}`)]),
  ];
  return element(
    'header',
    {},
    element(
      'h3',
      {},
      id === null ? `Row ${place.toLocaleString('en')}` : `Row ${place.toLocaleString('en')}, id ${id}`,
    ),
    element('p', { class: 'badges' }, ...facts),
    element('p', { class: 'key' }, 'key ', element('code', {}, key)),
  );
}

function scoreBadges({ ifd, rifd }: ShownScores, when: string): HTMLElement[] {
  return [
    ...(ifd === null ? [] : [badge(`${when}IFD ${ifd.toFixed(4)}`)]),
    ...(rifd === null ? [] : [badge(`${when}r-IFD ${rifd.toFixed(4)}`)]),
  ];
}

function badge(text: string, kind = ''): HTMLElement {
  return element('span', { class: `badge ${kind}` }, text);
}

function otherDecision(
  { source, row }: { readonly source: PageSource; readonly row: ShownRow },
  own: ShownRow,
): HTMLElement {
  const way = row.path.slice(1).map((node) => source.labels[node] ?? node);
  const isSame = row.path.join('>') === own.path.join('>');
  return element(
    'p',
    { class: isSame ? 'elsewhere' : 'elsewhere is-different' },
    `${isSame ? 'The same' : 'Otherwise'} in ${source.name}: ${way.join(', ')}`,
    ...scoreBadges(row.after ?? row.before, ''),
  );
}

function contentOf(content: ShownContent): HTMLElement[] {
  switch (content.kind) {
    case 'sample':
      return sampleOf(content.sample);
    case 'chat':
      return [element('div', { class: 'chat' }, ...content.turns.map(turnOf))];
    case 'change':
      return content.after === undefined ? sampleOf(content.before) : changeOf(content.before, content.after);
    case 'other':
      return [section('The row as it stands', cell(content.text))];
  }
}

function sampleOf({ instruction, input, output }: ShownSample): HTMLElement[] {
  return [
    section('Instruction', cell(instruction)),
    ...(textOf(input) === '' ? [] : [section('Input', cell(input))]),
    section('Answer', cell(output)),
  ];
}

function changeOf(before: ShownSample, after: ShownSample): HTMLElement[] {
  const parts = [
    ['Instruction', before.instruction, after.instruction],
    ['Input', before.input, after.input],
    ['Answer', before.output, after.output],
  ] as const;
  return parts.flatMap(([name, old, now]) => {
    const [oldText, newText] = [textOf(old), textOf(now)];
    if (oldText === '' && newText === '') return [];
    if (oldText === newText) return [section(`${name}, unchanged`, cell(now))];
    const diff = wordDiff(oldText, newText);
    const side = (kind: 'old' | 'new', whole: ShownText) =>
      element(
        'div',
        { class: 'side' },
        element('h5', {}, kind),
        element(
          'div',
          { class: 'text', dir: 'auto' },
          ...diff
            .filter((part) => part.kind === 'same' || part.kind === kind)
            .map(({ kind: part, text }) =>
              part === 'same' ? element('span', {}, text) : element(part === 'old' ? 'del' : 'ins', {}, text),
            ),
        ),
        cutNote(whole),
      );
    return [section(name, element('div', { class: 'sides' }, side('old', old), side('new', now)))];
  });
}

function turnOf({ role, text, figures, reason, tokens }: ShownTurn): HTMLElement {
  const told = Object.entries(figures).map(([name, value]) => badge(`${name} ${value.toFixed(4)}`));
  const known = ['system', 'user', 'assistant', 'tool'].includes(role) ? role : 'user';
  return element(
    'div',
    { class: `turn is-${known}` },
    element(
      'p',
      { class: 'speaker' },
      role,
      ...told,
      reason === undefined ? undefined : badge(reason, 'is-dropped'),
    ),
    cell(text),
    tokens === undefined ? undefined : folded('Token by token', tokenView(tokens)),
  );
}

function decisionOf({ steps, scores, reflections }: ShownDecision): HTMLElement[] {
  const rows = Object.entries(scores).map(([variant, { ifd, rifd }]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, variant),
      element('td', {}, ifd?.toFixed(4) ?? '–'),
      element('td', {}, rifd?.toFixed(4) ?? '–'),
    ),
  );
  const table = element(
    'table',
    {},
    element(
      'thead',
      {},
      element('tr', {}, ...['variant', 'IFD', 'r-IFD'].map((name) => element('th', { scope: 'col' }, name))),
    ),
    element('tbody', {}, ...rows),
  );
  return [
    ...(steps.length === 0
      ? []
      : [
          folded(
            'How it was decided',
            element('ol', {}, ...steps.map((step) => element('li', {}, step))),
            table,
          ),
        ]),
    ...reflections.map(reflectionOf),
  ];
}

function reflectionOf({
  variant,
  status,
  reason,
  detail,
  critique,
  facts,
  raw,
}: ShownReflection): HTMLElement {
  const cost = facts.find(([name]) => name === 'cost')?.[1];
  const title = [`Reflection: ${variant}, ${status}`, reason ?? '', cost === undefined ? '' : `cost ${cost}`];
  return folded(
    title.filter((part) => part !== '').join(', '),
    detail === null ? undefined : element('p', { class: 'problem', dir: 'auto' }, textOf(detail)),
    facts.length === 0 ? undefined : pairs(facts),
    ...critique.map(([criterion, text]) => section(criterion, cell(text))),
    raw === null ? undefined : section('The reply as it came', cell(raw)),
  );
}

function section(title: string, ...children: readonly (Node | undefined)[]): HTMLElement {
  return element('section', {}, element('h4', {}, title), ...children);
}

function folded(title: string, ...children: readonly (Node | undefined)[]): HTMLElement {
  return element('details', {}, element('summary', {}, title), ...children);
}

function pairs(list: readonly (readonly [string, string])[]): HTMLElement {
  const rows = list.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', { dir: 'auto' }, value),
  ]);
  return element('dl', {}, ...rows);
}

function cell(text: ShownText): HTMLElement {
  return element(
    'div',
    { class: 'text-cell' },
    element('div', { class: 'text', dir: 'auto' }, textOf(text)),
    cutNote(text),
  );
}

function cutNote(text: ShownText): HTMLElement | undefined {
  if (typeof text === 'string') return undefined;
  const [shown, all] = [text.head.length, text.length].map((length) => length.toLocaleString('en'));
  return element('p', { class: 'note' }, `The first ${shown} of ${all} characters.`);
}
