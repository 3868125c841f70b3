import { ReflectionError } from '../../errors.js';
import { BUILT_IN_TEMPLATE_NAMES } from '../../options/choices.js';
import { named } from '../../options/option-name.js';
import { ChatTemplate } from './chat-template.js';

/** What a student's file says about how it chats. */
export interface ChatHabits {
  /** Of the file, for messages. */
  readonly name: string;
  /** Jinja by name; `default` is the one without a name. */
  readonly chatTemplates: Readonly<Record<string, string>>;
  readonly bosText: string;
  readonly eosText: string;
}

/**
 * A student's own template: the one of that name, else its only or unnamed one.
 * @throws {ReflectionError} `invalid_template` when it has none, none of that name, or one that is no Jinja.
 */
export function studentTemplate(student: ChatHabits, name?: string, date?: Date): ChatTemplate {
  const { chatTemplates, bosText, eosText } = student;
  const names = Object.keys(chatTemplates);
  const chosen = name ?? (names.length === 1 ? names[0]! : 'default');
  const source = Object.hasOwn(chatTemplates, chosen) ? chatTemplates[chosen] : undefined;
  if (source !== undefined) return new ChatTemplate({ name: chosen, source, bosText, eosText, date });
  const message =
    names.length === 0
      ? `${student.name} has no chat template: it is a base model, or was converted without one`
      : `${student.name} has no chat template ${name === undefined ? 'that is the usual one' : `'${name}'`}`;
  const others =
    names.length === 0 ? '' : `${named('template')} ${names.map((other) => `chat:${other}`).join(', ')}, `;
  throw new ReflectionError('invalid_template', message, {
    remedy: `use ${others}one of ${BUILT_IN_TEMPLATE_NAMES.join(', ')}, a template file, or a student with a chat template`,
    option: 'template',
  });
}
