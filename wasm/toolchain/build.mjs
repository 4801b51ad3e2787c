// npm run build: dist/, which any web host can serve.

import { join } from 'node:path';
import { cacheDir, repository } from './cache.mjs';
import { distStep, moduleStep } from './modules.mjs';
import { runCommand, setUp } from './setup.mjs';
import { variants } from './variants.mjs';

runCommand(import.meta.url, async () => {
  const variantNames = variants.map(({ variant }) => variant);
  await setUp({ variantNames, more: [...variantNames.map(moduleStep), distStep()] });
  console.log('\ndist/ is ready: serve it with any web host (threads want the COOP and COEP headers).');

  // Better networks than the built-in one, where the internet is there; dist/ is whole without them.
  const { provideMissing } = await import('../../web/tools/backbones/provide.mjs');
  const { buildServiceWorker } = await import('../../web/offline.build.mjs');
  const { placeBackbones } = await import('../../web/tools/vite-backbones.js');
  await provideMissing(join(cacheDir, 'backbones'), (line) => console.log(line));
  placeBackbones(join(repository, 'dist'));
  await buildServiceWorker(); // it lists what lies beside the page
});
