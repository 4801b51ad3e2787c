// npm run bench: builds what is measured, then measures.

import { join } from 'node:path';
import { repository } from './cache.mjs';
import { distStep, moduleStep } from './modules.mjs';
import { run } from './process.mjs';
import { runCommand, setUp } from './setup.mjs';
import { variants } from './variants.mjs';

runCommand(import.meta.url, async (parameters) => {
  const variantNames = variants.map(({ variant }) => variant);
  await setUp({ native: true, variantNames, more: [...variantNames.map(moduleStep), distStep()] });
  const script = join(repository, 'tests/bench/main.mjs');
  await run(process.execPath, ['--experimental-wasm-relaxed-simd', script, ...parameters], { show: true });
});
