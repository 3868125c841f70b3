import { readFileSync } from 'node:fs';

/**
 * Largest resident set of this process so far, in bytes, mapped model files included. On Linux the kernel's own
 * high-water mark of this program; `maxRSS`, used elsewhere, may carry over that of the parent before the start.
 */
export function peakBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kibibytes) * 1024;
}
