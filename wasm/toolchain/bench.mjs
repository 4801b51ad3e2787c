// npm run bench: builds what is measured, then measures.

import { join } from 'node:path';
import { repository } from './cache.mjs';
import { buildPreset, distStep, moduleStep } from './modules.mjs';
import { run } from './process.mjs';
import { runCommand, setUp } from './setup.mjs';
import { variants } from './variants.mjs';

const kOnPictures = ['bench_advice', 'bench_pictures', 'bench_ways'];

/** The step that builds core's own measuring tools. @param {string} preset @returns {import('./setup.mjs').Step} */
function toolStep(preset) {
  const native = preset === 'native-release';
  return {
    title: `Measuring tools, ${preset}`,
    isDone: () => false,
    work: (onProgress) =>
      buildPreset(
        preset,
        ['bench_frame', 'bench_fine_tune', ...(native ? kOnPictures : ['bench_operators'])],
        onProgress,
      ),
  };
}

runCommand(import.meta.url, async (parameters) => {
  const variantNames = variants.map(({ variant }) => variant);
  const presets = ['native-release', ...variants.map(({ preset }) => preset)];
  await setUp({
    native: true,
    variantNames,
    more: [...variantNames.map(moduleStep), ...presets.map(toolStep), distStep()],
  });
  const script = join(repository, 'tests/bench/main.mjs');
  await run(process.execPath, ['--experimental-wasm-relaxed-simd', script, ...parameters], { show: true });
});
