import type { MarkCharacters, Slot } from './marks.js';
import { pythonStrip } from './python-strip.js';

/** A rendering of marks, taken apart: template texts with, between any two of them, the slot whose mark stood there. */
export interface MarkedText {
  /** One more than there are slots. */
  readonly fixed: readonly string[];
  /** Their numbers. */
  readonly slots: readonly number[];
}

export function splitAtMarks(text: string, { open, close }: MarkCharacters): MarkedText {
  const pieces = text.split(new RegExp(`${open}(-?\\d+)${close}`));
  return {
    fixed: pieces.filter((_, i) => i % 2 === 0),
    slots: pieces.filter((_, i) => i % 2 === 1).map(Number),
  };
}

/** Forms tried in vain before a rendering counts as unreadable: as a rule, the first fits. */
const MAX_DETOURS = 10_000;

/**
 * What stands in a rendering of the texts themselves where the marks are in a rendering of marks: each slot's text as it
 * is, or as templates alter it, stripped of whitespace or written as JSON. Undefined when the rendering is anything else.
 */
export function matchMarks(
  rendering: string,
  { fixed, slots }: MarkedText,
  texts: ReadonlyMap<number, Slot>,
): readonly string[] | undefined {
  if (!rendering.startsWith(fixed[0]!)) return undefined;
  const [start, end] = [fixed[0]!.length, rendering.length];
  if (slots.length === 0) return start === end ? [] : undefined;
  const formsOfSlot = (i: number) => formsOf(texts.get(slots[i]!)!.text);
  /** A form for each slot but the one that is being tried, which is the last of `tried`. */
  const found: string[] = [];
  const tried = [{ start, forms: formsOfSlot(0) }];
  for (let attempt = 0; attempt < slots.length + MAX_DETOURS; attempt++) {
    const last = tried.at(-1);
    if (last === undefined) return undefined;
    const next = fixed[tried.length]!;
    const form = firstFitting(rendering, last.start, last.forms, next);
    if (form === undefined) {
      // the text before this one has another form, then
      tried.pop();
      found.pop();
      continue;
    }
    const at = last.start + form.length + next.length;
    if (found.length + 1 < slots.length) {
      found.push(form);
      tried.push({ start: at, forms: formsOfSlot(found.length) });
    } else if (at === end) {
      return [...found, form];
    }
  }
  return undefined;
}

function firstFitting(
  rendering: string,
  start: number,
  forms: Iterator<string>,
  next: string,
): string | undefined {
  for (let form = forms.next(); !form.done; form = forms.next()) {
    if (rendering.startsWith(form.value, start) && rendering.startsWith(next, start + form.value.length)) {
      return form.value;
    }
  }
  return undefined;
}

/** A text as templates write it, the likeliest form first, none twice. */
function* formsOf(text: string): Generator<string, undefined> {
  yield text;
  const forms = [undefined, '\n'].flatMap((characters) =>
    (['both', 'right', 'left'] as const).map((side) => pythonStrip(text, side, characters)),
  );
  const seen = new Set([text]);
  for (const form of [...forms, ...[text, ...forms].map(asJson)]) {
    if (!seen.has(form)) yield form;
    seen.add(form);
  }
}

/** As within a JSON string. */
function asJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
