import { readFile } from 'node:fs/promises';
import { ReflectionError } from '../errors.js';
import { BUILT_IN_TEMPLATE_NAMES } from '../options/choices.js';
import { BUILT_IN_TEMPLATES, isBuiltInTemplateName } from './built-in-templates.js';
import { parseTemplateFile } from './parse-template-file.js';
import type { Template } from './template.js';

/**
 * The built-in template of that name, else the template in that file (see {@link parseTemplateFile} for the two
 * file formats). A file named like a built-in is reached as `./alpaca`.
 *
 * @throws ReflectionError `invalid_template` when there is neither, or the file cannot be read or used.
 */
export async function loadTemplate(nameOrFile: string): Promise<Template> {
  if (isBuiltInTemplateName(nameOrFile)) return BUILT_IN_TEMPLATES[nameOrFile];
  return parseTemplateFile(nameOrFile, await readTemplateFile(nameOrFile));
}

async function readTemplateFile(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new ReflectionError(
      'invalid_template',
      code === 'ENOENT'
        ? `'${file}' is neither a built-in template nor an existing file`
        : `cannot read template file '${file}': ${message}`,
      { remedy: `Use ${BUILT_IN_TEMPLATE_NAMES.join(', ')} or the path of a readable template file.`, cause },
    );
  }
}
