// The page: served while developing, and built into dist/. What the engine loads by itself lies under lib/ in both: there it
// comes from the build folders, here from library.build.mjs.

import { createReadStream, existsSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { variants } from '../wasm/toolchain/variants.mjs';
import { buildOneFile, ONE_FILE } from './one-file.build.mjs';
import { icons } from './tools/icons.mjs';
import { publishedBackbones } from './tools/vite-backbones.js';

const repository = fileURLToPath(new URL('..', import.meta.url));

// With these two a page may share memory between threads. Hosts that cannot send them get one thread.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * What the page may load and reach: itself. A static host sends no headers of its own, so the policy stands in the page
 * (`frame-ancestors` cannot, and whoever may frame a page that keeps nothing is nobody's harm). `connect-src https:`
 * lets a picture in that was dragged here from another page, and that a person was told about.
 */
const POLICY = {
  'default-src': "'none'",
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob: mediastream:",
  'connect-src': "'self' https:",
  'manifest-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'none'",
};

/** @param {Record<string, string>} policy */
const policyText = (policy) =>
  Object.entries(policy)
    .map((each) => each.join(' '))
    .join('; ');

/** While developing, Vite puts styles into the page itself and talks to it over a socket. */
const developmentPolicy = policyText({
  ...POLICY,
  'style-src': "'self' 'unsafe-inline'",
  'connect-src': `${POLICY['connect-src']} ws:`,
});

/** @returns {import('vite').Plugin} */
function contentSecurityPolicy() {
  return {
    name: 'headstart-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policyText(POLICY) },
        injectTo: 'head-prepend',
      },
    ],
  };
}

/** @type {Record<string, string>} */
const contentTypes = { '.js': 'text/javascript', '.wasm': 'application/wasm' };

/**
 * The file behind a path under lib/, or null.
 *
 * @param {string} path
 */
function libraryFile(path) {
  const module = path.match(/^wasm\/([a-z-]+)(\.js|\.wasm|\.writers\.wasm)$/);
  if (module) {
    const preset = variants.find(({ variant }) => variant === module[1])?.preset ?? 'none';
    return join(repository, 'build', preset, `${module[1]}${module[2]}`);
  }
  const backbone = path.match(/^backbones\/([\w.-]+)$/);
  return backbone ? join(repository, 'web/public/backbones', backbone[1]) : null;
}

/** @returns {import('vite').Plugin} */
function serveLibrary() {
  return {
    name: 'headstart-library',
    configureServer(server) {
      server.middlewares.use('/lib/', (request, response) => {
        const { pathname } = new URL(request.url ?? '/', 'http://localhost');
        if (pathname === `/${ONE_FILE}`) {
          response.writeHead(200, { 'Content-Type': 'text/html', ...headers });
          buildOneFile().then((html) => response.end(html));
          return;
        }
        const file = libraryFile(pathname.slice(1));
        if (!file || !existsSync(file)) {
          // A variant that is still being compiled; the engine takes another one.
          response.writeHead(404, headers).end('not built');
          return;
        }
        response.writeHead(200, {
          'Content-Type': contentTypes[extname(file)] ?? 'application/octet-stream',
          'Content-Length': statSync(file).size,
          'Cache-Control': 'no-store',
          ...headers,
        });
        createReadStream(file).pipe(response);
      });
    },
  };
}

/** A page that is served from its sources knows that, whatever a build before it or the shell has said. */
const development = () => ({
  name: 'headstart-development',
  config: (/** @type {unknown} */ _, /** @type {{ command: string }} */ { command }) => {
    if (command === 'serve') {
      process.env.NODE_ENV = 'development';
    }
  },
});

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  cacheDir: join(repository, 'node_modules/.vite'),
  plugins: [development(), contentSecurityPolicy(), serveLibrary(), publishedBackbones(), icons()],
  server: {
    host: '127.0.0.1',
    headers: { ...headers, 'Content-Security-Policy': developmentPolicy },
    fs: { allow: [repository] },
  },
  preview: { host: '127.0.0.1', headers: { ...headers, 'Content-Security-Policy': policyText(POLICY) } },
  worker: { format: 'es' },
  build: {
    outDir: join(repository, 'dist'),
    emptyOutDir: true,
    target: 'es2022',
    // Every request after loading would be one too many, and a module preload is nothing but an early request.
    modulePreload: false,
    assetsInlineLimit: 0,
  },
});
