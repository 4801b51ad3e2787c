// The peer: LiteRT.js, the fastest other runtime for such networks in a browser. Brought when the benchmark runs, into the
// cache, so that nobody who only builds Headstart downloads it.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cache } from './places.mjs';
import { backboneToTflite } from './tflite.mjs';

const kPackages = ['@litertjs/core@2.5.3', 'flatbuffers@25.9.23'];

/** @returns {string} the folder whose node_modules hold the peer */
export function installPeer() {
  const folder = join(cache, 'peers');
  if (!existsSync(join(folder, 'node_modules/@litertjs/core'))) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    execFileSync('npm', ['install', '--save-exact', '--no-fund', '--no-audit', ...kPackages], {
      cwd: folder,
      stdio: 'inherit',
    });
  }
  return folder;
}

/** The same network for the peer. @param {string} folder from installPeer @param {{ name: string, file: string }} backbone */
export function writePeerModel(folder, backbone) {
  const flatbuffers = createRequire(join(folder, 'package.json'))('flatbuffers');
  const file = `${backbone.name}.tflite`;
  writeFileSync(join(folder, file), backboneToTflite(flatbuffers, new Uint8Array(readFileSync(backbone.file))));
  return file;
}
