import { createHash } from 'node:crypto';
import { REASONING_TAGS } from '../../domain/split-reasoning.js';
import { ReflectionError } from '../../errors.js';
import { named } from '../../options/option-name.js';
import { compileJinja, type JinjaTemplate, type Rendering } from './jinja.js';

export interface ChatTemplateParts {
  /** As the model's file calls it; `default` for the one without a name. */
  readonly name: string;
  /** Jinja. */
  readonly source: string;
  /** How the student's tokenizer spells its BOS and end-of-text tokens; empty where it has none. */
  readonly bosText: string;
  readonly eosText: string;
  /** The day that templates are told which write one. */
  readonly date?: Date | undefined;
}

/** The variables that a template is rendered with, see {@link chatVariables}. */
export type ChatVariables = Readonly<Record<string, unknown>>;

export interface RenderOptions {
  /** Write what comes before the assistant's next turn. Default false. */
  readonly addGenerationPrompt?: boolean;
}

/**
 * Characters of renderings of marks that are kept, keys included. Conversations are alike but for their texts, and a mark
 * stands for any text.
 */
const MOST_CHARACTERS_KEPT = 2 ** 23;

/** Tags, other than those of reasoning, that templates look for in what is said. */
const RESULT_TAGS = ['<tool_response>', '</tool_response>'];

/** A student's own template: how its chats are written, in the words of whoever trained it. */
export class ChatTemplate {
  readonly name: string;
  readonly source: string;
  readonly bosText: string;
  readonly eosText: string;
  /** The first 16 hex digits of SHA-256 over the source and the date. The name is left out: it changes no score. */
  readonly hash: string;
  /** The tags in its source by which it may tell the parts of a text. */
  readonly knownTags: readonly string[];
  readonly #jinja: JinjaTemplate;
  /** Used least recently first. */
  readonly #kept = new Map<string, Rendering>();
  #charactersKept = 0;

  /** @throws {ReflectionError} `invalid_template` when the source is no Jinja. */
  constructor({ name, source, bosText, eosText, date }: ChatTemplateParts) {
    this.name = name;
    this.source = source;
    this.bosText = bosText;
    this.eosText = eosText;
    this.knownTags = [...REASONING_TAGS.flat(), ...RESULT_TAGS].filter((tag) => source.includes(tag));
    const digest = createHash('sha256').update(JSON.stringify([source, date?.toISOString() ?? null]));
    this.hash = digest.digest('hex').slice(0, 16);
    try {
      this.#jinja = compileJinja(source, date);
    } catch (cause) {
      throw new ReflectionError(
        'invalid_template',
        `the chat template '${name}' cannot be read: ${(cause as Error).message}`,
        { cause, remedy: `use another ${named('template')}: a built-in one, or a file` },
      );
    }
  }

  render(variables: ChatVariables, { addGenerationPrompt = false }: RenderOptions = {}): Rendering {
    return this.#jinja.render({
      bos_token: this.bosText,
      eos_token: this.eosText,
      add_generation_prompt: addGenerationPrompt,
      ...variables,
    });
  }

  /** The same for variables that hold marks: conversations of one shape have the same, and are rendered once. */
  renderMarked(variables: ChatVariables, options: RenderOptions = {}): Rendering {
    const key = JSON.stringify([options.addGenerationPrompt ?? false, variables]);
    const known = this.#kept.get(key);
    const rendering = known ?? this.render(variables, options);
    this.#kept.delete(key);
    this.#kept.set(key, rendering);
    if (known === undefined) this.#charactersKept += sizeOf(key, rendering);
    for (const [oldest, forgotten] of this.#kept) {
      if (this.#charactersKept <= MOST_CHARACTERS_KEPT) break;
      this.#kept.delete(oldest);
      this.#charactersKept -= sizeOf(oldest, forgotten);
    }
    return rendering;
  }
}

function sizeOf(key: string, rendering: Rendering): number {
  return key.length + (rendering.kind === 'rendered' ? rendering.text.length : 0);
}
