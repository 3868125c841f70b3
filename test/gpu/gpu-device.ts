import { join } from 'node:path';
import { chooseDevice } from '../../src/engine/devices.js';
import { PROJECT_ROOT } from '../helpers/paths.js';

// Mesa's software driver calls itself a CPU, which llama.cpp leaves out unless it is told which devices to take.
process.env.GGML_VK_VISIBLE_DEVICES ??= '0';
// its shaders take minutes to compile
process.env.MESA_SHADER_CACHE_DIR ??= join(PROJECT_ROOT, 'build', 'shader-cache');

type GpuDevice =
  | { readonly name: 'cuda' | 'metal' | 'vulkan' /** Mesa's, on the CPU. */; readonly software: boolean }
  | { readonly missing: string };

/** The GPU that tests run on: one of CUDA or Metal where there is one, else Vulkan, if only by the software driver. */
export const GPU: GpuDevice = findGpu();

function findGpu(): GpuDevice {
  const reasons: string[] = [];
  for (const name of ['cuda', 'metal', 'vulkan'] as const) {
    try {
      return { name, software: chooseDevice(name).description.includes('llvmpipe') };
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  return { missing: reasons.at(-1)! };
}
