import { optionError } from '../options/option-error.js';
import { named } from '../options/option-name.js';
import { type ChatHabits, studentTemplate } from './chat/student-template.js';
import type { PromptTemplate } from './conversation-renderer.js';
import { loadTemplate } from './load-template.js';
import type { Template } from './template.js';

/** A template that is there, or one that a student is to bring. */
export type TemplateChoice =
  | { readonly kind: 'ours'; readonly template: Template }
  | { readonly kind: 'own'; readonly name: string | undefined; readonly date: Date | undefined };

export interface TemplateOptions {
  readonly template: string;
  /** What means something for a student's own template only. */
  readonly templateDate?: string | undefined;
  readonly endOfTurn: boolean;
}

/** `chat`, or `chat:` and the name of one of several. A file that is called so is reached as `./chat`. */
const OWN = /^chat(?::(.+))?$/s;

/**
 * What a template option stands for.
 * @throws {ReflectionError} `invalid_template` as {@link loadTemplate} does; `invalid_option` for an option that does not
 * apply to the template.
 */
export async function chooseTemplate({
  template,
  templateDate,
  endOfTurn,
}: TemplateOptions): Promise<TemplateChoice> {
  const own = OWN.exec(template);
  if (own !== null) {
    const date = templateDate === undefined ? undefined : new Date(templateDate);
    return { kind: 'own', name: own[1], date };
  }
  const misfit = templateDate !== undefined ? 'templateDate' : endOfTurn ? 'endOfTurn' : undefined;
  if (misfit !== undefined) {
    throw optionError(misfit, `${named(misfit)} does not apply to the ${named('template')} ${template}.`, {
      remedy: `Leave it out, or choose the ${named('template')} chat.`,
    });
  }
  return { kind: 'ours', template: await loadTemplate(template) };
}

/** @throws {ReflectionError} `invalid_template` as {@link studentTemplate} does. */
export function templateFor(choice: TemplateChoice, student: ChatHabits): PromptTemplate {
  return choice.kind === 'ours' ? choice.template : studentTemplate(student, choice.name, choice.date);
}
