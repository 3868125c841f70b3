// Loads a model's metadata and builds its graph, in a process that may die of it; see src/engine/check-model-file.ts.
// Argument: the model. Prints one JSON object {code, message, warnings}.
import { chooseAddon, loadAddon } from './native-addon.mjs';
import { librariesDirectory } from './native-paths.mjs';

const [path] = process.argv.slice(2);

function report(code, message = '', warnings = []) {
  process.stdout.write(JSON.stringify({ code, message, warnings }));
}

try {
  const addon = loadAddon(chooseAddon().file);
  const libraries = librariesDirectory();
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
  const { warnings } = model.describe();
  model.close();
  report('ok', '', warnings);
} catch (error) {
  report(error.code ?? 'model_unloadable', error.message);
}
