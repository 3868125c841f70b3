import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);

export const PROJECT_ROOT = fileURLToPath(root);
/** The shipped student. */
export const TINY_STUDENT = fileURLToPath(new URL('models/tiny-instruct-5m-f16.gguf', root));
export const EXAMPLE_DATASET = fileURLToPath(new URL('examples/instructions.jsonl', root));
/** The built command line; `npm test` compiles it first. */
export const CLI = fileURLToPath(new URL('dist/cli/main.js', root));
