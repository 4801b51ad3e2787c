// Folders of class folders, read for the benchmark.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import jpeg from 'jpeg-js';
import { PNG } from 'pngjs';

/**
 * @param {string} folder one folder per class, JPEGs and PNGs in it
 * @returns {{ name: string, files: string[] }[]} in the order of the names
 */
export function readClassFolders(folder) {
  const classes = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => ({
      name,
      files: readdirSync(join(folder, name))
        .filter((file) => /\.(jpe?g|png)$/i.test(file))
        .sort()
        .map((file) => join(folder, name, file)),
    }))
    .filter(({ files }) => files.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (classes.length < 2) {
    throw new Error(`${folder}: expected at least two class folders with JPEGs or PNGs in them, got ${classes.length}`);
  }
  return classes;
}

/** @param {string} file @returns {{ data: Uint8Array, width: number, height: number }} RGBA */
export function decodePicture(file) {
  const bytes = readFileSync(file);
  const isPng = bytes[0] === 0x89;
  return isPng ? PNG.sync.read(bytes) : jpeg.decode(bytes, { useTArray: true, formatAsRGBA: true });
}

/** A small generator with a seed (Steele et al. 2014, SplitMix32 form), so that every run draws the same pictures. */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

/** Fisher-Yates. @template T @param {T[]} values @param {() => number} random @returns {T[]} */
export function shuffled(values, random) {
  const result = [...values];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
