import { ReflectionError } from '../errors.js';
import type { Precision } from '../options/choices.js';
import type { DeviceName, GpuKind, WorkerKind } from '../options/device-name.js';
import { named } from '../options/option-name.js';
import type { ModelDescription } from './model-description.js';

/** How far a span's mean loss may be from what the same weights give in F32, in nats a token. */
export type Fidelity =
  | { readonly kind: 'within'; readonly nats: number }
  /** Nobody has measured it on such a device yet. */
  | { readonly kind: 'unmeasured' }
  | { readonly kind: 'refused'; readonly why: string };

/** Why a kind of GPU cannot be `precise`, by the sources of llama.cpp's back ends. */
const ROUNDS: Record<GpuKind, string> = {
  cuda: 'it multiplies in TF32',
  metal: 'it multiplies in F16',
  vulkan: 'it multiplies and attends in F16',
};

/**
 * Worst of the spans of docs/fidelity.md, rounded up: random models of many architectures, spans of one token included.
 * Where a rounding decides which of a mixture's experts a token goes to, the whole token is computed otherwise.
 */
const PRECISE_ON_CPU = 2e-5;
const FAST_ON_CPU = {
  floats: { dense: 5e-3, experts: 1e-1 },
  quantized: { dense: 1e-1, experts: 3e-1 },
} as const;
/** Worst of the example rows on Mesa's software driver, rounded up; of no mixture. */
const FAST_ON_VULKAN = 2e-2;

/** GGUF's names of weight types that are no quantization. */
const FLOATS = /^(?:all )?(?:F32|F16|BF16)\b/;

/** What a promise depends on of a student's file, as its description has it. */
export type Weights = Pick<ModelDescription, 'quantization' | 'experts'>;

/** What a precision promises on a kind of device. */
export function fidelityOf(
  device: WorkerKind,
  precision: Precision,
  { quantization, experts }: Weights,
): Fidelity {
  if (device !== 'cpu' && precision === 'precise') return { kind: 'refused', why: ROUNDS[device] };
  if (precision === 'precise') return { kind: 'within', nats: PRECISE_ON_CPU };
  const type = FLOATS.test(quantization) ? 'floats' : 'quantized';
  const kind = experts > 0 ? 'experts' : 'dense';
  if (device === 'cpu') return { kind: 'within', nats: FAST_ON_CPU[type][kind] };
  const measured = device === 'vulkan' && type === 'floats' && kind === 'dense';
  return measured ? { kind: 'within', nats: FAST_ON_VULKAN } : { kind: 'unmeasured' };
}

/** In words, e.g. `within 1e-5`. */
export function describeFidelity(fidelity: Fidelity): string {
  switch (fidelity.kind) {
    case 'within':
      return `within ${fidelity.nats.toExponential()}`;
    case 'unmeasured':
      return 'not measured';
    case 'refused':
      return `refused, ${fidelity.why}`;
  }
}

/**
 * The device that a student with this precision is loaded on: `auto` looks for none that rounds where everything is to be
 * in F32. Throws ReflectionError `invalid_option` when such a device is asked for.
 */
export function deviceFor(
  device: DeviceName,
  { precision, gpuLayers }: { readonly precision: Precision; readonly gpuLayers?: number | undefined },
): DeviceName {
  if (precision !== 'precise') return device;
  if (device === 'auto' || gpuLayers === 0) return 'cpu';
  requireExact(device.split(':', 1)[0] as WorkerKind);
  return device;
}

/** Throws ReflectionError `invalid_option` where a kind of device cannot compute in F32 throughout. */
export function requireExact(kind: WorkerKind): void {
  if (kind === 'cpu') return;
  throw new ReflectionError(
    'invalid_option',
    `${named('precision')} precise computes in F32 throughout, which llama.cpp does not do on ${kind}: ${ROUNDS[kind]}`,
    { remedy: `use ${named('device')} cpu, or ${named('precision')} fast`, option: 'precision' },
  );
}
