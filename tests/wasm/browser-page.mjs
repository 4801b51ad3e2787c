// A bare page with the library in it, in real Chromium, under a strict content security policy.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { encodePng } from '../pictures/encode.mjs';
import { drawPicture, libraryFolder } from './support.mjs';

/** @type {Record<string, string>} */
const types = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.mjs': 'text/javascript',
  '.html': 'text/html',
};

const isolation = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob:";

/**
 * @typedef {object} Serving
 * @property {string} [backbone] served as /backbone.safetensors
 * @property {boolean} [isolated] default true
 * @property {string} [prelude] what the worker's script begins with: a browser that behaves otherwise
 * @property {boolean} [open] to pages of other origins, and without a policy
 */

/** @param {Serving} serving @returns {Promise<import('node:http').Server>} */
function serve({ backbone, isolated = true, prelude = '', open = false }) {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const sharing = open ? { 'Access-Control-Allow-Origin': '*' } : { 'Content-Security-Policy': policy };
    const headers = { ...(isolated ? isolation : {}), ...sharing };
    if (path === '/') {
      return response
        .writeHead(200, { ...headers, 'Content-Type': 'text/html' })
        .end('<!doctype html><title>t</title>');
    }
    if (path === '/picture.png') {
      return response
        .writeHead(200, { ...headers, 'Content-Type': 'image/png' })
        .end(encodePng(drawPicture(1, 5, 640, 480)));
    }
    try {
      const file =
        path === '/backbone.safetensors' && backbone ? backbone : join(libraryFolder, path.replace(/^\/lib\//, ''));
      const body = Buffer.concat([Buffer.from(file.endsWith('engine-worker.js') ? prelude : ''), readFileSync(file)]);
      const type = types[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': body.length }).end(body);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/** @param {import('node:http').Server} server */
const addressOf = (server) =>
  `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}`;

/** @param {Serving} [serving] */
export async function openPage(serving = {}) {
  const server = await serve(serving);
  // Another origin with the same files.
  const other = serving.open ? await serve(serving) : server;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--js-flags=--expose-gc'],
  });
  const page = await browser.newPage();
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${addressOf(server)}/`);
  return {
    page,
    requests,
    complaints,
    otherOrigin: addressOf(other),
    /** What the processes that show pages have of the machine's memory. Linux only. */
    async megabytes() {
      const { processInfo } = await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
      return processInfo
        .filter(({ type }) => type === 'renderer')
        .map(({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) / 1000)
        .reduce((sum, each) => sum + each, 0);
    },
    async close() {
      await browser.close();
      for (const listening of [server, other]) {
        listening.closeAllConnections();
        listening.close();
      }
    },
  };
}
