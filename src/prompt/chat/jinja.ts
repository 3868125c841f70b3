import { Environment, Interpreter, parse, tokenize } from '@huggingface/jinja';
import { named } from '../../options/option-name.js';
import { type ChatFault, chatFault } from '../rendered-chat.js';
import { rewriteCalls, STAND_INS } from './rewrite-calls.js';
import { strftime } from './strftime.js';

/** What rendering comes to. A template may refuse what it is given, in its own words or by failing. */
export type Rendering =
  | { readonly kind: 'rendered'; readonly text: string }
  | { readonly kind: 'refused'; readonly message: string }
  /** The text would depend on the day on which it is rendered. */
  | { readonly kind: 'needs_date' };

export interface JinjaTemplate {
  render(variables: Readonly<Record<string, unknown>>): Rendering;
}

/** As many as Jinja's sandbox allows: a template comes with a model's file, from anywhere. */
const MAX_RANGE = 100_000;

class NeedsDate extends Error {}

/**
 * Compiles a chat template as transformers does, blocks trimmed. A template gets no clock: `strftime_now` tells the time
 * of `date`. Without one a template that asks whether there is such a function finds none and falls back to a date of its
 * own; any other that calls it needs a date.
 * @throws Error when it is no Jinja.
 */
export function compileJinja(source: string, date?: Date): JinjaTemplate {
  const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
  rewriteCalls(program);
  const hasFallback = /\bstrftime_now\s+is\s+(?:not\s+)?defined\b/.test(source);
  return {
    render(variables) {
      const environment = new Environment();
      const globals = { ...functionsFor(date, hasFallback), ...CONSTANTS, ...STAND_INS, ...variables };
      for (const [name, value] of Object.entries(globals)) environment.set(name, value);
      try {
        const text = String(new Interpreter(environment).run(program).value);
        return hasStrayObject(text, variables)
          ? { kind: 'refused', message: 'it writes an object as if that were a text' }
          : { kind: 'rendered', text };
      } catch (error) {
        if (error instanceof NeedsDate) return { kind: 'needs_date' };
        return { kind: 'refused', message: (error as Error).message };
      }
    },
  };
}

/** Python refuses to join a text and an object; here the object would become a word of JavaScript's. */
function hasStrayObject(text: string, variables: Readonly<Record<string, unknown>>): boolean {
  return STRAY_OBJECT.test(text) && !STRAY_OBJECT.test(JSON.stringify(variables));
}

const STRAY_OBJECT = /\[object (?:Map|Object)\]/;

/** Lower case is Jinja's own spelling, title case one that it takes as well. */
const CONSTANTS = { true: true, True: true, false: false, False: false, none: null, None: null };

function functionsFor(date: Date | undefined, hasFallback: boolean) {
  const functions = { range, raise_exception: raiseException };
  if (date === undefined && hasFallback) return functions;
  return {
    ...functions,
    strftime_now(format: string): string {
      if (date === undefined) throw new NeedsDate();
      return strftime(date, format);
    },
  };
}

function raiseException(message: unknown): never {
  throw new Error(String(message));
}

function range(first: number, second?: number, step = 1): number[] {
  const [start, stop] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(0, Math.ceil((stop - start) / step));
  if (!(length <= MAX_RANGE)) throw new Error(`a range has more than ${MAX_RANGE} numbers`);
  return Array.from({ length }, (_, i) => start + i * step);
}

export function faultOf(rendering: Exclude<Rendering, { kind: 'rendered' }>): ChatFault {
  if (rendering.kind === 'needs_date') {
    return chatFault(
      'template_needs_date',
      `the chat template writes the date of the day, which would change the scores from day to day; give it one with ${named('templateDate')}`,
    );
  }
  return chatFault('template_refuses', `the chat template refuses the conversation: ${rendering.message}`);
}
