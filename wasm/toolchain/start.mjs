// npm start: sets everything up, serves the page with the plain variant, builds the other variants behind it, and builds
// the plain one again when a C++ source changes.

import { existsSync, watch } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cacheDir, repository } from './cache.mjs';
import { buildPreset, moduleStep } from './modules.mjs';
import { runCommand, setUp } from './setup.mjs';
import { variants } from './variants.mjs';

const FIRST = 'simd';

runCommand(import.meta.url, async (parameters) => {
  const { values } = parseArgs({ args: parameters, options: { port: { type: 'string', default: '5173' } } });
  await setUp({ variantNames: [FIRST], more: [moduleStep(FIRST)] });

  const { createServer } = await import('vite');
  const server = await createServer({
    configFile: join(repository, 'web/vite.config.js'),
    server: { port: Number(values.port) },
  });
  await server.listen();
  console.log(`\nHeadstart is at ${server.resolvedUrls?.local[0]}   (Ctrl+C ends it)\n`);

  const others = variants.map(({ variant }) => variant).filter((variant) => variant !== FIRST);
  await setUp({ variantNames: others, more: others.map(moduleStep) });
  console.log('All variants are built; a page that is loaded from now on takes the fastest that its browser can run.');
  rebuildOnChange(() => server.ws.send({ type: 'full-reload' }));

  // Behind the page that is already served, and nothing waits for it.
  const { provideMissing } = await import('../../web/tools/backbones/provide.mjs');
  await provideMissing(join(cacheDir, 'backbones'), (line) => console.log(line));
});

/** @param {() => void} onBuilt */
function rebuildOnChange(onBuilt) {
  const preset = variants[0].preset;
  let changed = false;
  let building = false;
  const build = async () => {
    building = true;
    while (changed) {
      changed = false;
      const startedAt = performance.now();
      try {
        await buildPreset(preset, [FIRST], () => {});
        console.log(`Built variant ${FIRST} again in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
        onBuilt();
      } catch (error) {
        console.error(/** @type {Error} */ (error).message);
      }
    }
    building = false;
  };
  const folders = ['core/include', 'core/src', 'wasm/src'].map((folder) => join(repository, folder));
  for (const folder of folders.filter((path) => existsSync(path))) {
    watch(folder, { recursive: true }, () => {
      changed = true;
      if (!building) {
        build();
      }
    });
  }
}
