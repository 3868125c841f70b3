export const DEVICE_CHOICES = ['auto', 'cpu', 'cuda', 'vulkan', 'metal'] as const;
export type DeviceChoice = (typeof DEVICE_CHOICES)[number];

/** In the order in which `auto` prefers them. */
export const GPU_KINDS = ['cuda', 'metal', 'vulkan'] as const;
export type GpuKind = (typeof GPU_KINDS)[number];

/** A choice, or one GPU of several of a kind, counted from 0: `cuda:1`. */
export type DeviceName = DeviceChoice | `${GpuKind}:${number}`;

export type WorkerKind = 'cpu' | GpuKind;

/** Where one worker of a pool runs: a GPU of several of its kind, a NUMA node's CPUs (`cpu:0`) or all of them. */
export type WorkerDevice = WorkerKind | `${WorkerKind}:${number}`;

export function isDeviceName(name: unknown): name is DeviceName {
  return (
    DEVICE_CHOICES.some((choice) => choice === name) || /^(cuda|metal|vulkan):\d{1,3}$/.test(String(name))
  );
}

export function isWorkerDevice(name: unknown): name is WorkerDevice {
  return /^(cpu|cuda|metal|vulkan)(:\d{1,3})?$/.test(String(name));
}

/** What kind of device a name is of, without its number. */
export function deviceKind(name: DeviceName | WorkerDevice): DeviceChoice {
  return name.split(':', 1)[0] as DeviceChoice;
}
