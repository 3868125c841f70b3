import { readlink, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

/** As many as Linux follows. */
const MAX_LINKS = 40;

/** Where writing to `path` ends up: the end of the symbolic links it may be, which need not exist yet. */
export async function linkTarget(path: string): Promise<string> {
  let target = path;
  for (let links = 0; links < MAX_LINKS; links++) {
    const found = await stat(target).catch(() => undefined);
    // What is no file, e.g. /dev/stdout, is for the writer to refuse.
    if (found !== undefined) return found.isFile() && (await isLink(target)) ? realpath(target) : target;
    const next = await readlink(target).catch(() => undefined);
    if (next === undefined) return target;
    target = resolve(await realpath(dirname(target)), next);
  }
  return target;
}

async function isLink(path: string): Promise<boolean> {
  return (await readlink(path).catch(() => undefined)) !== undefined;
}

/**
 * What tells files apart whatever they are called: the same for symbolic and hard links, `./x` and `x`, and
 * /proc/self/fd. Of a file that is not there yet, its place.
 */
export async function fileIdentity(path: string): Promise<string> {
  const found = await stat(path, { bigint: true }).catch(() => undefined);
  if (found !== undefined) return `${found.dev}:${found.ino}`;
  const target = await linkTarget(path);
  const directory = resolve(dirname(target));
  return join(await realpath(directory).catch(() => directory), basename(target));
}
