import type { ShownContent, ShownRow, ShownSample, ShownText } from '../../survey/shown-row.js';

/** What there is of a text. */
export function textOf(text: ShownText): string {
  return typeof text === 'string' ? text : text.head;
}

/** The first words of a row, for a list. */
export function titleOf({ content }: ShownRow): string {
  return firstText(content).replace(/\s+/g, ' ').trim().slice(0, 160) || '(empty)';
}

function firstText(content: ShownContent): string {
  switch (content.kind) {
    case 'sample':
      return textOf(content.sample.instruction);
    case 'change':
      return textOf(content.before.instruction);
    case 'chat':
      return textOf(content.turns.find(({ role }) => role !== 'system')?.text ?? '');
    case 'other':
      return textOf(content.text);
  }
}

/** All that a search looks at, in lower case. */
export function searchable(row: ShownRow): string {
  const { content } = row;
  const texts =
    content.kind === 'sample'
      ? textsOf(content.sample)
      : content.kind === 'change'
        ? [...textsOf(content.before), ...(content.after === undefined ? [] : textsOf(content.after))]
        : content.kind === 'chat'
          ? content.turns.map(({ text }) => textOf(text))
          : [textOf(content.text)];
  return [row.id ?? '', row.key, ...texts].join('\n').toLowerCase();
}

function textsOf({ instruction, input, output }: ShownSample): string[] {
  return [instruction, input, output].map(textOf);
}
