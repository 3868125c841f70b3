import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Whether a name is a pattern of paths: it has `*`, `?` or a choice in `{}` or `[]`. */
export function isPattern(name: string): boolean {
  return /[*?{[]/.test(name);
}

/**
 * The paths that match a pattern, in the order of their code units. `*` and `?` stand for characters of a name, `**` for
 * any number of folders, `{a,b}` and `[ab]` for a choice. Names that begin with a dot are left out.
 */
export async function matchPaths(pattern: string): Promise<readonly string[]> {
  const steps = pattern.split(sep === '\\' ? /[\\/]/ : '/');
  const found: string[] = [];
  const isRooted = steps[0] === '';
  await descend(isRooted ? '/' : '', isRooted ? steps.slice(1) : steps, found);
  return [...new Set(found)].sort();
}

async function descend(folder: string, [step, ...rest]: readonly string[], found: string[]): Promise<void> {
  if (step === undefined) return;
  if (!isPattern(step)) {
    const path = join(folder, step);
    if (rest.length > 0) return descend(path, rest, found);
    const names = await namesIn(folder);
    if (names.some(({ name }) => name === step)) found.push(path);
    return;
  }
  const isDeep = step === '**';
  if (isDeep) await descend(folder, rest, found);
  const pattern = isDeep ? undefined : expressionOf(step);
  for (const entry of await namesIn(folder)) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (pattern === undefined) {
      if (entry.isDirectory()) await descend(path, [step, ...rest], found);
    } else if (pattern.test(entry.name)) {
      if (rest.length === 0) found.push(path);
      else await descend(path, rest, found);
    }
  }
}

async function namesIn(folder: string) {
  return readdir(folder === '' ? '.' : folder, { withFileTypes: true }).catch(() => []);
}

function expressionOf(step: string): RegExp {
  const source = step.replace(/\*+|\?|\{[^}]*\}|\[[^\]]*\]|[\\^$.|+(){}[\]]/g, (token) => {
    if (token.startsWith('*')) return '.*';
    if (token === '?') return '.';
    if (token.length > 1 && token.startsWith('{')) {
      return `(?:${token.slice(1, -1).split(',').map(literal).join('|')})`;
    }
    if (token.length > 2 && token.startsWith('['))
      return token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${token}`;
  });
  return new RegExp(`^${source}$`);
}

function literal(text: string): string {
  return text.replace(/[\\^$.|?*+(){}[\]]/g, '\\$&');
}
