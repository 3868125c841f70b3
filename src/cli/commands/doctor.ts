import { Command } from 'commander';
import { type ChosenDevice, chooseDevice } from '../../engine/devices.js';
import { describeFidelity, fidelityOf } from '../../engine/fidelity.js';
import { addonFile, librariesDirectory, llamaVersion } from '../../engine/versions.js';
import type { Precision } from '../../options/choices.js';
import { GPU_KINDS } from '../../options/device-name.js';
import { plainTable } from '../../report/plain-table.js';
import { PACKAGE_VERSION } from '../../util/package-version.js';

export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say which devices were found, which one is chosen and why not the others')
    .action(doctor);
}

function doctor(): void {
  const { kind, name, cpuBackend, findings } = chooseDevice('auto', { survey: true });
  printTable([
    ['reflection-tuning', PACKAGE_VERSION],
    ['Node', `${process.version}, ${process.platform}-${process.arch}`],
    ['addon', addonFile()],
    ['llama.cpp', `${llamaVersion()}, ${librariesDirectory() ?? 'no libraries found'}`],
  ]);
  printTable(findings.map(({ subject, found, detail }) => [found ? 'found' : 'missing', subject, detail]));
  console.log(`chosen: ${kind} (${name}), with the ${cpuBackend} CPU back end`);
  console.log(`a span’s mean loss against F32, in nats a token: ${promisesOf(kind)}`);
  console.log(`--device auto takes the first of ${GPU_KINDS.join(', ')} that is found, else the cpu.`);
}

/** What each precision promises on a kind of device, by weights that make a difference. */
function promisesOf(kind: ChosenDevice['kind']): string {
  return [
    ...['F16', 'Q8_0'].map((weights) => `fast with ${weights} weights ${promise(kind, 'fast', weights)}`),
    `precise ${promise(kind, 'precise', 'F16')}`,
  ].join('; ');
}

function promise(kind: ChosenDevice['kind'], precision: Precision, weights: string): string {
  return describeFidelity(fidelityOf(kind, precision, { quantization: weights, experts: 0 }));
}

function printTable(rows: readonly (readonly string[])[]): void {
  console.log(`${plainTable({ align: rows[0]!.map(() => 'left'), rows })}\n`);
}
