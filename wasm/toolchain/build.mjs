// npm run build: dist/, which any web host can serve.

import { distStep, moduleStep } from './modules.mjs';
import { runCommand, setUp } from './setup.mjs';
import { variants } from './variants.mjs';

runCommand(import.meta.url, async () => {
  const variantNames = variants.map(({ variant }) => variant);
  await setUp({ variantNames, more: [...variantNames.map(moduleStep), distStep()] });
  console.log('\ndist/ is ready: serve it with any web host (threads want the COOP and COEP headers).');
});
