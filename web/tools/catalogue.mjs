// `node web/tools/catalogue.mjs`: states the built-in backbone in the catalogue as it is now. To be run after its weights
// were replaced; a test holds the catalogue to the files.

import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const folder = new URL('../public/backbones/', import.meta.url);
const file = readFileSync(new URL('builtin.safetensors', folder));
const headerBytes = Number(file.readBigUInt64LE());
const { __metadata__ } = JSON.parse(file.subarray(8, 8 + headerBytes).toString());

const catalogueFile = new URL('catalogue.json', folder);
const catalogue = JSON.parse(readFileSync(catalogueFile, 'utf8'));
const others = catalogue.backbones.filter((/** @type {{ file: string | null }} */ { file: other }) => other !== null);
const builtIn = {
  name: 'built-in',
  file: null,
  bytes: file.length,
  sha256: createHash('sha256').update(file).digest('hex'),
  inputSize: Number(__metadata__.input_size),
  mmac: Number(process.argv[2] ?? catalogue.backbones[0]?.mmac ?? 20),
  license: __metadata__.license,
  source: __metadata__.source,
};
// With smaller pictures what it needs fits into the 256 KB of the usual boards.
const SMALL = 96;
const small = {
  ...builtIn,
  name: `built-in-${SMALL}`,
  inputSize: SMALL,
  mmac: Math.round((builtIn.mmac * SMALL ** 2) / builtIn.inputSize ** 2),
};
writeFileSync(catalogueFile, `${JSON.stringify({ ...catalogue, backbones: [builtIn, small, ...others] }, null, 2)}\n`);
