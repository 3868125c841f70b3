import { existsSync } from 'node:fs';
import { librariesDirectory, tunedCpuFile } from '../../scripts/native-paths.mjs';
import { ReflectionError } from '../errors.js';
import { type DeviceChoice, type DeviceName, GPU_KINDS, type GpuKind } from '../options/device-name.js';
import { named } from '../options/option-name.js';
import { openCudaLibraries, thisMachine } from './cuda-libraries.js';
import { type DevicePlugin, devicePlugins } from './device-plugins.js';
import { gibibytes, whatFits } from './gpu-capacity.js';
import { type NativeAddon, type NativeDevice, nativeAddon } from './native-binding.js';

/** One thing that was looked at while choosing a device, for people. */
export interface DeviceFinding {
  readonly subject: string;
  readonly found: boolean;
  readonly detail: string;
}

export interface ChosenDevice {
  /** "CPU", or the GPU's name in ggml, e.g. "CUDA0". */
  readonly name: string;
  readonly kind: Exclude<DeviceChoice, 'auto'>;
  readonly description: string;
  /** What arithmetic depends on: the GPU, or the instruction sets that the CPU back end uses. */
  readonly processor: string;
  /** Which CPU back end runs what is not on a GPU. */
  readonly cpuBackend: 'prebuilt' | 'tuned';
  readonly findings: readonly DeviceFinding[];
}

let cpuBackend: ChosenDevice['cpuBackend'] | undefined;
let cpuFindings: readonly DeviceFinding[] = [];

/** Loads the CPU back end, the one tuned for this machine when it was built. Once per process. */
function loadCpu(addon: NativeAddon): ChosenDevice['cpuBackend'] {
  if (cpuBackend) return cpuBackend;
  const findings: DeviceFinding[] = [];
  let tunedLoaded = false;
  if (existsSync(tunedCpuFile)) {
    const why = addon.loadBackendFile(tunedCpuFile);
    tunedLoaded = why === '';
    findings.push({ subject: 'tuned CPU back end', found: tunedLoaded, detail: why || tunedCpuFile });
  } else {
    findings.push({
      subject: 'tuned CPU back end',
      found: false,
      detail: 'not built; `npm run build:native -- --source` pays where there are no matrix kernels',
    });
  }
  const directory = librariesDirectory();
  if (!tunedLoaded && directory) addon.loadBestBackend(directory);
  const cpu = addon.devices().find((device) => device.backend === 'CPU');
  if (!cpu) {
    throw new ReflectionError('native_unavailable', 'no CPU back end of llama.cpp could be loaded', {
      remedy: 'reinstall with `npm ci`, or build one with `npm run build:native -- --source=full`',
    });
  }
  findings.push({
    subject: 'CPU',
    found: true,
    detail: `${cpu.description}; ${features(addon.versions().systemInfo)}`,
  });
  const { kernels } = addon.versions();
  findings.push({
    subject: 'matrix kernels',
    found: kernels !== '',
    detail: kernels || 'none for this processor; ggml’s are used',
  });
  cpuFindings = findings;
  cpuBackend = tunedLoaded ? 'tuned' : 'prebuilt';
  return cpuBackend;
}

/** The names of what llama.cpp lists as `NAME = 1`. */
function features(systemInfo: string): string {
  return [...systemInfo.matchAll(/(\w+) = 1/g)].map(([, name]) => name).join(' ');
}

function gpusOf(addon: NativeAddon, kind: string): readonly NativeDevice[] {
  return addon.devices().filter((device) => device.gpu && device.backend.toLowerCase().startsWith(kind));
}

function describeGpu(addon: NativeAddon, device: NativeDevice): string {
  const { name, description, memoryTotal, memoryFree } = device;
  const capability = name.startsWith('CUDA') ? addon.cudaComputeCapability(Number(name.slice(4))) : '';
  const model = capability ? `${description}, compute capability ${capability}` : description;
  return `${name}: ${model}, ${gibibytes(memoryFree)} of ${gibibytes(memoryTotal)} free, ${whatFits(memoryFree)}`;
}

/** Loads a plugin with what it needs. Returns "" or why not. */
function loadPlugin(addon: NativeAddon, plugin: DevicePlugin): string {
  if (plugin.device === 'cuda') {
    const missing = openCudaLibraries(
      plugin.cudaMajor,
      thisMachine((library) => addon.openLibrary(library)),
    );
    if (missing !== undefined) return missing;
  }
  return addon.loadBackendFile(plugin.file).replace('load_backend: failed to load ', '');
}

const FOUND_NONE = 'the plugin loaded but found no device';

function versionOf(plugin: DevicePlugin): string {
  return plugin.device === 'cuda' ? `, for which the driver has to know CUDA ${plugin.cudaMajor}` : '';
}

/** Tries to make one kind of GPU available, and the `index`-th of its devices. */
function loadGpu(
  addon: NativeAddon,
  kind: GpuKind,
  index: number,
): { gpu?: NativeDevice; finding: DeviceFinding } {
  const reasons = new Set<string>();
  const plugins = devicePlugins().filter((plugin) => plugin.device === kind);
  for (const plugin of plugins) {
    if (gpusOf(addon, kind).length > 0) break;
    const why = loadPlugin(addon, plugin);
    if (why) reasons.add(why);
    else if (gpusOf(addon, kind).length === 0) reasons.add(`${FOUND_NONE}${versionOf(plugin)}`);
  }
  const gpus = gpusOf(addon, kind);
  const gpu = gpus[index];
  if (gpu) {
    const detail = gpus.map((each) => describeGpu(addon, each)).join('; ');
    return { gpu, finding: { subject: kind, found: true, detail } };
  }
  const metalElsewhere = kind === 'metal' && process.platform !== 'darwin';
  if (gpus.length > 0) reasons.add(`there are only ${gpus.map(({ name }) => name).join(', ')}`);
  else if (metalElsewhere) reasons.add('only on a Mac');
  else if (kind !== 'metal' && plugins.length === 0) reasons.add('no plugin is installed for this platform');
  else if (reasons.size === 0) reasons.add(FOUND_NONE);
  return { finding: { subject: kind, found: false, detail: [...reasons].join('; or ') } };
}

/**
 * Loads what the choice needs and says what was found. `auto` takes the first of CUDA, Metal, Vulkan that has a
 * device, else the CPU; it looks no further than that unless `survey` is set. Throws ReflectionError
 * `device_unavailable` when an explicit choice is not there.
 */
export function chooseDevice(name: DeviceName, { survey = false } = {}): ChosenDevice {
  const [choice, index = '0'] = name.split(':') as [DeviceChoice, string?];
  const addon = nativeAddon();
  const backend = loadCpu(addon);
  const findings = [...cpuFindings];
  let chosen: { readonly kind: ChosenDevice['kind']; readonly device: NativeDevice } | undefined;
  for (const kind of GPU_KINDS) {
    const wanted = choice === 'auto' ? !chosen : kind === choice;
    if (!wanted && !survey) continue;
    const { gpu, finding } = loadGpu(addon, kind, wanted ? Number(index) : 0);
    findings.push(finding);
    if (gpu && wanted) chosen = { kind, device: gpu };
  }
  if (!chosen && choice !== 'auto' && choice !== 'cpu') {
    const why = findings.find(({ subject }) => subject === choice)?.detail;
    throw new ReflectionError('device_unavailable', `there is no ${name} device: ${why}`, {
      remedy: `run reflection-tuning doctor to see what is there, or use ${named('device')} auto`,
      option: 'device',
    });
  }
  chosen ??= { kind: 'cpu', device: addon.devices().find((device) => device.backend === 'CPU')! };
  const { kind, device } = chosen;
  const { description } = device;
  const processor = kind === 'cpu' ? features(addon.versions().systemInfo) : description;
  return { name: device.name, kind, description, processor, cpuBackend: backend, findings };
}
