import { IGNORED_FIELDS } from '../dataset/ignored-fields.js';
import type { FoundLayout } from '../layout/detect-layout.js';

/** Where nobody has said which columns there are, a row's system prompt and history have a part in what is made of it. */
export function usedFields({ layout }: FoundLayout): readonly string[] {
  return layout.isComplete ? Object.values(layout.columns) : IGNORED_FIELDS;
}

/** A layout in words; undefined for what every dataset was before there were others, whose work can be gone on with. */
export function unusualLayout({ layout }: FoundLayout): string | undefined {
  const isUsual =
    layout.name === 'alpaca' &&
    Object.entries(layout.columns).every(
      ([role, column]) => role === column && ['instruction', 'input', 'output'].includes(role),
    );
  return isUsual ? undefined : JSON.stringify(layout);
}
