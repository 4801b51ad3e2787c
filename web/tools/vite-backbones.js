// The published backbones beside the page: those of the catalogue that are on this machine, under `backbones/`.
//
// They are looked for in `../shared/backbones` (or under HEADSTART_SHARED), then in the cache that `npm run backbones`
// fills. None of them is needed: the page offers what answers, and the library brings the built-in one.

import {
  cpSync,
  createReadStream,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from '../../wasm/toolchain/cache.mjs';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const catalogueFile = fileURLToPath(new URL('../public/backbones/catalogue.json', import.meta.url));
const sharedDir = process.env.HEADSTART_SHARED || join(repository, '../shared');

/** @typedef {{ name: string, file: string | null }} CatalogueEntry */

/** Where each published backbone of the catalogue lies on this machine. @returns {Map<string, string>} */
function backbonesAtHand() {
  /** @type {{ backbones: CatalogueEntry[] }} */
  const { backbones } = JSON.parse(readFileSync(catalogueFile, 'utf8'));
  const found = new Map();
  for (const { file } of backbones) {
    const places = file ? [sharedDir, cacheDir].map((folder) => join(folder, 'backbones', file)) : [];
    const path = places.find((place) => existsSync(place));
    if (path) {
      found.set(file, path);
    }
  }
  return found;
}

/** What the page asks first, so that it asks for nothing that is not there. @param {Map<string, string>} files */
const listOf = (files) => JSON.stringify([...files.keys()]);

/** Puts them beside a page that is built. @param {string} outDir */
export function placeBackbones(outDir) {
  const folder = join(outDir, 'backbones');
  mkdirSync(folder, { recursive: true });
  // The library brings the built-in one, under lib/backbones/.
  rmSync(join(folder, 'builtin.safetensors'), { force: true });
  const atHand = backbonesAtHand();
  for (const [file, path] of atHand) {
    cpSync(path, join(folder, file));
  }
  writeFileSync(join(folder, 'at-hand.json'), listOf(atHand));
}

/** @returns {import('vite').Plugin} */
export function publishedBackbones() {
  /** Only where something is built. */
  let outDir = '';
  return {
    name: 'headstart-published-backbones',

    configResolved(config) {
      outDir = config.command === 'build' ? config.build.outDir : '';
    },

    configureServer(server) {
      server.middlewares.use('/backbones/', (request, response, next) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        if (pathname === '/at-hand.json') {
          response.writeHead(200, { 'Content-Type': 'application/json' }).end(listOf(backbonesAtHand()));
          return;
        }
        const path = backbonesAtHand().get(pathname.slice(1));
        if (!path) {
          // The catalogue lies in vite's own public folder; anything else is not there, and says so at once.
          if (pathname === '/catalogue.json') {
            next();
          } else {
            response.writeHead(404).end('not on this machine: npm run backbones brings it');
          }
          return;
        }
        response.writeHead(200, {
          'Content-Type': 'application/octet-stream',
          'Content-Length': statSync(path).size,
          'Cross-Origin-Resource-Policy': 'same-origin',
        });
        if (request.method === 'HEAD') {
          response.end();
        } else {
          createReadStream(path).pipe(response);
        }
      });
    },

    closeBundle() {
      if (!outDir) {
        return;
      }
      placeBackbones(outDir);
    },
  };
}
