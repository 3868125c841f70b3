import { basename, extname } from 'node:path';
import { z } from 'zod';
import { ReflectionError } from '../errors.js';
import { createTemplate, type Template } from './template.js';

/**
 * Reads a template from the UTF-8 content of `file`; a byte order mark is skipped. A name ending in `.json`
 * means JSON: an object with `no_input`, `with_input` and optionally `name`, texts taken as they are. Anything
 * else is the no-input text itself, holding `{instruction}` and never `{input}`: a row's input is joined to its
 * instruction by a newline. One newline at the end of a text file is the editor's and dropped; to end the prompt
 * with a newline, leave an empty line there. Without a name in the file, the template has the file's base name.
 *
 * @throws ReflectionError `invalid_template` naming the file and what is wrong with it.
 */
export function parseTemplateFile(file: string, content: Uint8Array): Template {
  const extension = extname(file);
  const fileName = basename(file, extension);
  const text = decodeUtf8(file, content);
  if (extension.toLowerCase() === '.json') {
    const { name, no_input, with_input } = parseJson(file, text);
    return createTemplate(name ?? fileName, no_input, with_input);
  }
  const noInput = text.replace(/\r?\n$/, '');
  const problem = placeholderProblem(noInput, ['instruction']);
  if (problem !== undefined) {
    throw unusable(file, `the text ${problem}`, {
      remedy:
        'Write {instruction} where it belongs; for another text for rows with an input, use a .json file with no_input and with_input.',
    });
  }
  return createTemplate(fileName, noInput, noInput.replace('{instruction}', '{instruction}\n{input}'));
}

const templateText = (...required: readonly Placeholder[]) =>
  z.string().superRefine((text, context) => {
    const problem = placeholderProblem(text, required);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  });

const templateSchema = z.strictObject({
  name: z.string().min(1).optional(),
  no_input: templateText('instruction'),
  with_input: templateText('instruction', 'input'),
});

function parseJson(file: string, text: string): z.infer<typeof templateSchema> {
  const remedy =
    'Write {"no_input": "... {instruction} ...", "with_input": "... {instruction} ... {input} ..."}.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw unusable(file, `not valid JSON: ${(cause as Error).message}`, { remedy, cause });
  }
  const parsed = templateSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(({ path, message }) => [...path, message].join(' '));
  throw unusable(file, issues.join('; '), { remedy, cause: parsed.error });
}

type Placeholder = 'instruction' | 'input' | 'output';

/** Every required placeholder once, no other one: a stray `{output}` would otherwise be scored as plain text. */
function placeholderProblem(text: string, required: readonly Placeholder[]): string | undefined {
  for (const name of ['instruction', 'input', 'output'] as const) {
    const count = text.split(`{${name}}`).length - 1;
    if (!required.includes(name) && count > 0) {
      return name === 'output'
        ? 'holds {output}, but the answer always follows the prompt'
        : `must not hold {${name}}`;
    }
    if (required.includes(name) && count !== 1)
      return `must hold {${name}} once, but holds it ${count} times`;
  }
  return undefined;
}

function decodeUtf8(file: string, content: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch (cause) {
    throw unusable(file, 'not valid UTF-8', { remedy: 'Save the file as UTF-8.', cause });
  }
}

function unusable(file: string, problem: string, details: { remedy: string; cause?: unknown }) {
  return new ReflectionError('invalid_template', `template file '${file}': ${problem}`, details);
}
