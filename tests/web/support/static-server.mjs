// Serves folders on loopback the way a web host would, with the two headers that allow threads. For tests: the address
// is free to choose, and the server ends with the program that started it.

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';

/** @type {Record<string, string>} */
export const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/**
 * @param {Record<string, string>} folders Path prefix (ending in `/`) → folder; the longest prefix that fits counts.
 * @param {{ headersFor?: (prefix: string) => Record<string, string> }} [options] Headers beside the usual ones.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serveFolders(folders, { headersFor = () => ({}) } = {}) {
  const prefixes = Object.keys(folders).sort((a, b) => b.length - a.length);
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const prefix = prefixes.find((each) => path.startsWith(each));
    const file = prefix && (await findFile(folders[prefix], path.slice(prefix.length)));
    if (!prefix || !file) {
      response.writeHead(404).end('not found');
      return;
    }
    response.writeHead(200, {
      'Content-Type': TYPES[extname(file.path)] ?? 'application/octet-stream',
      'Content-Length': file.bytes,
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cache-Control': 'no-store',
      ...headersFor(prefix),
    });
    createReadStream(file.path).pipe(response);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', () => listening(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

/**
 * @param {string} folder
 * @param {string} path
 */
async function findFile(folder, path) {
  const root = resolve(folder);
  const wanted = resolve(root, `./${path}`);
  if (wanted !== root && !wanted.startsWith(root + sep)) {
    return null;
  }
  for (const candidate of [wanted, join(wanted, 'index.html')]) {
    const found = await stat(candidate).catch(() => null);
    if (found?.isFile()) {
      return { path: candidate, bytes: found.size };
    }
  }
  return null;
}
