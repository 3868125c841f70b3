import { cpus } from 'node:os';

/**
 * Starts to watch what other processes take of the machine. The returned function gives their share so far, 0 to 1 of
 * all cores: what kept cores busy and was not this process.
 */
export function watchOthers(): () => number {
  const before = { busy: busySeconds(), own: ownSeconds(), time: performance.now() };
  return () => {
    const others = busySeconds() - before.busy - (ownSeconds() - before.own);
    const available = ((performance.now() - before.time) / 1000) * cpus().length;
    return Math.min(1, Math.max(0, others / available));
  };
}

function busySeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1000;
}

function ownSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
