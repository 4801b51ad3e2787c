// `npm run backbones [-- NAME …]`: brings the published backbones to this machine, for the page to offer beside the
// built-in one. They stay in the cache; neither this repository nor the built page carries them unless they are there.

import { join } from 'node:path';
import { cacheDir } from '../../wasm/toolchain/cache.mjs';
import { Progress } from '../../wasm/toolchain/progress.mjs';
import { isProvided, originals, provideBackbone } from './backbones/provide.mjs';

const folder = join(cacheDir, 'backbones');
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !originals.some((original) => original.name === name));
if (unknown) {
  const names = originals.map(({ name }) => name).join(', ');
  console.error(`expected one of ${names}, got ${unknown}`);
  process.exit(1);
}

const chosen = originals.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const progress = new Progress(chosen.length);
for (const original of chosen) {
  const title = `${original.name} (${original.source}, Apache-2.0)`;
  if (isProvided(original, folder)) {
    progress.skip(title);
    continue;
  }
  progress.begin(title);
  try {
    await provideBackbone(original, folder, {
      onProgress: (doneBytes, totalBytes) => progress.update(`${megabytes(doneBytes)} of ${megabytes(totalBytes)} MB`),
    });
    progress.end();
  } catch (error) {
    progress.end('failed');
    console.error(`${original.name}: ${/** @type {Error} */ (error).message}`);
    process.exitCode = 1;
  }
}
console.log(`Backbones are in ${folder}`);

/** @param {number} bytes */
function megabytes(bytes) {
  return (bytes / 1e6).toFixed(1);
}
