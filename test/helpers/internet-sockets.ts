import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The TCP and UDP sockets a process holds, native code's included; none where the system does not tell. */
export function internetSockets(pid: number | 'self' = 'self'): Set<string> {
  if (process.platform !== 'linux') return new Set();
  try {
    const held = readdirSync(`/proc/${pid}/fd`).map((fd) => linkOf(`/proc/${pid}/fd/${fd}`));
    const inodes = new Set(
      ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((protocol) =>
        readFileSync(`/proc/${pid}/net/${protocol}`, 'utf8')
          .split('\n')
          .slice(1)
          .map((line) => `socket:[${line.trim().split(/\s+/)[9]}]`),
      ),
    );
    return new Set(held.filter((link) => inodes.has(link)));
  } catch {
    // The process has ended.
    return new Set();
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
