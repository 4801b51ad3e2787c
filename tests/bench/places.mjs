// Where the benchmark finds the library, the backbones and the pictures.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = resolve(fileURLToPath(new URL('../..', import.meta.url)));
export const library = join(repository, 'dist/lib');
export const cache =
  process.env.HEADSTART_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'headstart');
const shared = process.env.HEADSTART_SHARED ?? resolve(repository, '../shared');

/** @param {string} folder @param {RegExp} pattern @returns {string[]} */
const matching = (folder, pattern) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => pattern.test(name))
        .map((name) => join(folder, name))
    : [];

/** The built-in backbone first, then the published ones that are at hand. @returns {{ name: string, file: string }[]} */
export function backbones() {
  const builtin = join(repository, 'web/public/backbones/builtin.safetensors');
  const found = existsSync(builtin) ? [{ name: 'builtin', file: builtin }] : [];
  const published = [join(shared, 'backbones'), join(cache, 'backbones')].flatMap((folder) =>
    matching(folder, /^mobilenet_v2_.*\.f32\.safetensors$/),
  );
  for (const file of published) {
    const name = /** @type {RegExpMatchArray} */ (file.match(/([^/\\]+)\.f32\.safetensors$/))[1];
    if (!found.some((each) => each.name === name)) {
      found.push({ name, file });
    }
  }
  return found;
}

/** Networks of other families, as their publishers' files. @returns {{ name: string, file: string }[]} */
export function tflites() {
  const files = [join(cache, 'backbones'), join(shared, 'backbones/tflite')].flatMap((folder) =>
    matching(folder, /\.tflite$/),
  );
  return files.map((file) => ({ name: basename(file, '.tflite'), file }));
}

/** @typedef {{ name: string, files: string[], shares?: number[] }} Lookers `shares`: the say of each network. */

/**
 * What a person may look with: the built-in network, the one that Teachable Machine uses, and the catalogue's tiers as far as
 * their networks, or others of the same family, are at hand.
 * @returns {Lookers[]}
 */
export function togetherAndAlone() {
  const known = backbones();
  const others = tflites();
  /** @param {string} name */
  const fileOf = (name) =>
    known.find((each) => each.name === name)?.file ?? others.find((each) => each.name.startsWith(name))?.file;
  const { tiers } = JSON.parse(readFileSync(join(repository, 'web/public/backbones/catalogue.json'), 'utf8'));
  const alone = ['builtin', 'mobilenet_v2_0.35_224'].map((name) => ({ name, networks: [name] }));
  return [...alone, ...tiers]
    .map(({ name, networks, shares }) => ({ name, files: networks.map(fileOf), shares }))
    .filter(({ files }) => files.every(Boolean));
}

/** Folders of class folders that are measured when none is named. */
export function defaultPictures() {
  const digits = join(shared, 'datasets/sign_language_digits');
  return existsSync(digits) ? [digits] : [];
}
