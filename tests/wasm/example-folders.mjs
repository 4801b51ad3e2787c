// Trains on a folder of class folders and writes the head: node example-folders.mjs PICTURES head.safetensors

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { createTrainer } from '../../dist/lib/headstart.node.js';

const [folder, headFile] = process.argv.slice(2);
const trainer = await createTrainer();
for (const name of readdirSync(folder)) {
  const classId = trainer.addClass(name);
  for (const file of readdirSync(join(folder, name))) {
    await trainer.addSample(classId, jpeg.decode(readFileSync(join(folder, name, file)), { useTArray: true }));
  }
}
const { accuracy, elapsedMs } = await trainer.train();
console.log(`${(100 * accuracy).toFixed(1)} % right on held-out pictures, trained in ${elapsedMs.toFixed(0)} ms`);
writeFileSync(headFile, await trainer.exportHead());
await trainer.dispose();
