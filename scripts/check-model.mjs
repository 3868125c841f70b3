// Loads a model's metadata and builds its graph, in a process that may die of it; see src/engine/check-model-file.ts.
// Arguments: the addon, the folder of llama.cpp's back ends, the model. Prints one JSON object {code, message}.
import { createRequire } from 'node:module';

const [addonFile, libraries, path] = process.argv.slice(2);

function report(code, message = '') {
  process.stdout.write(JSON.stringify({ code, message }));
}

try {
  const addon = createRequire(import.meta.url)(addonFile);
  addon.init({ verbose: false });
  if (libraries) addon.loadBestBackend(libraries);
  const model = await addon.loadModel({
    path,
    device: '',
    gpuLayers: 0,
    widen: false,
    kernels: false,
    metadataOnly: true,
  });
  model.close();
  report('ok');
} catch (error) {
  report(error.code ?? 'model_unloadable', error.message);
}
