// A web host that can be told what to serve: with or without the two headers for threads, under a sub-path, one version
// after the other; it counts what it is asked for.

import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildServiceWorker } from '../../../web/offline.build.mjs';
import { TYPES } from './static-server.mjs';

const dist = process.env.HEADSTART_DIST ?? fileURLToPath(new URL('../../../dist', import.meta.url));

/**
 * The built page with a mark of its own, as a later version would differ.
 *
 * @param {string} mark
 * @param {Record<string, Uint8Array>} [backbones] that it has beside those of the page, by their files' names
 * @returns {Promise<{ folder: string, next: string, remove: () => void }>} `next`: the page as it was built
 */
export async function otherVersion(mark, backbones = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'headstart-version-'));
  cpSync(dist, folder, { recursive: true });
  const start = join(folder, 'index.html');
  writeFileSync(start, readFileSync(start, 'utf8').replace('<body>', `<body data-version="${mark}">`));
  const list = join(folder, 'backbones/at-hand.json');
  const names = new Set(JSON.parse(readFileSync(list, 'utf8')));
  for (const [file, bytes] of Object.entries(backbones)) {
    writeFileSync(join(folder, 'backbones', file), bytes);
    names.add(file);
  }
  writeFileSync(list, JSON.stringify([...names]));
  await buildServiceWorker(folder);
  return { folder, next: dist, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** @param {{ path?: string, isolates?: boolean }} [options] */
export async function deploy({ path = '/', isolates = true } = {}) {
  let folder = dist;
  /** @type {string[]} */
  const requests = [];
  const server = createServer((request, response) => {
    const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    requests.push(asked);
    const inside = asked.startsWith(path) ? asked.slice(path.length) : '..';
    const file = join(folder, inside === '' ? 'index.html' : inside);
    if (!file.startsWith(folder) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end('not found');
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream',
      'Cache-Control': 'no-cache',
      ...(isolates
        ? { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
        : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : readFileSync(file));
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${port}${path}`,
    requests,
    /** @param {string} next */
    serve(next) {
      folder = next;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed(undefined));
        server.closeAllConnections();
      }),
  };
}
