// One browser with a bare page per consumer: npm's files, the exported ones, and pictures drawn on canvases.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { after, before, describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from '@playwright/test';
import { squareOf } from './squares.mjs';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** @type {Record<string, string>} */
const types = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
  '.html': 'text/html',
  '.json': 'application/json',
};

/** @typedef {Awaited<ReturnType<typeof openConsumers>>} Consumers */

/** @param {string[]} [graphics] how the browser draws; left out: without a graphics processor */
export async function openConsumers(graphics = ['--disable-gpu']) {
  /** @type {Map<string, Uint8Array>} */
  const given = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname);
    const headers = {
      'Content-Type': types[extname(path)] ?? 'application/octet-stream',
      'Access-Control-Allow-Origin': '*',
    };
    try {
      const body = given.get(path) ?? readFileSync(join(folder, path));
      response.writeHead(200, path === '/' ? { 'Content-Type': 'text/html' } : headers).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  const imports = { '@litertjs/wasm-utils': '/node_modules/@litertjs/wasm-utils/dist/index.js' };
  const map = `<script type="importmap">${JSON.stringify({ imports })}</script>`;
  given.set('/', new TextEncoder().encode(`<!doctype html><title>consumer</title>${map}`));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  const origin = `http://127.0.0.1:${port}`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      ...graphics,
      '--disable-background-networking',
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
    ],
  });
  return {
    origin,
    browser,
    /** Files under an address that ends with a slash. @param {string} address @param {Record<string, Uint8Array>} files */
    give(address, files) {
      for (const [name, bytes] of Object.entries(files)) {
        given.set(address + name, bytes);
      }
      return origin + address;
    },
    /** A page with these scripts of npm's. @param {string[]} scripts */
    async open(...scripts) {
      const page = await browser.newPage();
      await page.goto(`${origin}/`);
      await page.addScriptTag({ content: `window.canvasOf = ${canvasOf};\n${squareOf}` });
      for (const script of scripts) {
        await page.addScriptTag({ url: `${origin}/node_modules/${script}` });
      }
      return page;
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A suite with a browser of its own. @param {string} name @param {(consumers: Consumers) => void} suite @param {string[]} [graphics] */
export function describeInBrowser(name, suite, graphics) {
  describe(name, () => {
    const consumers = /** @type {Consumers} */ ({});
    before(async () => {
      Object.assign(consumers, await openConsumers(graphics));
    });
    after(() => consumers.close());
    suite(consumers);
  });
}

/** In the page: a canvas with the picture. @param {{ base64: string, width: number, height: number }} picture */
function canvasOf({ base64, width, height }) {
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const bytes = /** @type {any} */ (Uint8Array).fromBase64(base64);
  canvas.getContext('2d')?.putImageData(new ImageData(new Uint8ClampedArray(bytes.buffer), width, height), 0, 0);
  return canvas;
}

/** As a page takes it. @param {import('./learnt.mjs').Picture} picture */
export const sendable = ({ data, width, height }) => ({
  base64: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  width,
  height,
});
