// Puts the report page's own code into one script without imports, dist/page/client.js, and its style sheet beside it: the
// page must not load anything.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { root } from './native-paths.mjs';

const source = join(root, 'src', 'page');
const output = join(root, 'dist', 'page');

const bundle = await rolldown({ input: join(source, 'client', 'main.ts') });
await bundle.write({ file: join(output, 'client.js'), format: 'iife', strict: true });
await bundle.close();
copyFileSync(join(source, 'page.css'), join(output, 'page.css'));
