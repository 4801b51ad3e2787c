// The peers: LiteRT.js, the fastest other runtime for such networks in a browser, and TensorFlow.js, with which Teachable
// Machine trains. Brought when the benchmark runs, into the cache, so that nobody who only builds Headstart downloads them.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cache } from './places.mjs';
import { backboneToTflite } from './tflite.mjs';

const kPackages = {
  '@litertjs/core': '2.5.3',
  flatbuffers: '25.9.23',
  '@tensorflow/tfjs': '4.22.0',
};

/** @returns {string} the folder whose node_modules hold the peers */
export function installPeers() {
  const folder = join(cache, 'peers');
  if (Object.keys(kPackages).some((name) => !existsSync(join(folder, 'node_modules', name, 'package.json')))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    const packages = Object.entries(kPackages).map(([name, version]) => `${name}@${version}`);
    // Only what pages load: no scripts, and nothing beside the packages' own files.
    execFileSync('npm', ['install', '--save-exact', '--no-fund', '--no-audit', '--ignore-scripts', ...packages], {
      cwd: folder,
      stdio: 'inherit',
    });
  }
  return folder;
}

/** The same network for the peer. @param {string} folder from installPeers @param {{ name: string, file: string }} backbone */
export function writePeerModel(folder, backbone) {
  const flatbuffers = createRequire(join(folder, 'package.json'))('flatbuffers');
  const file = `${backbone.name}.tflite`;
  writeFileSync(join(folder, file), backboneToTflite(flatbuffers, new Uint8Array(readFileSync(backbone.file))));
  return file;
}
