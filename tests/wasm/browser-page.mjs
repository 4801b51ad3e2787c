// A bare page with the library in it, in real Chromium, under a strict content security policy.
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';
import { libraryFolder } from './support.mjs';

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

/** @param {string} [backbone] served as /backbone.safetensors @param {boolean} [isolated] */
function serve(backbone, isolated = true) {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const headers = { ...(isolated ? isolation : {}), 'Content-Security-Policy': policy };
    if (path === '/')
      return response
        .writeHead(200, { ...headers, 'Content-Type': 'text/html' })
        .end('<!doctype html><title>t</title>');
    try {
      const file =
        path === '/backbone.safetensors' && backbone ? backbone : join(libraryFolder, path.replace(/^\/lib\//, ''));
      const length = statSync(file).size;
      const type = types[extname(file)] ?? 'application/octet-stream';
      response.writeHead(200, { ...headers, 'Content-Type': type, 'Content-Length': length }).end(readFileSync(file));
    } catch {
      response.writeHead(404, headers).end();
    }
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

/**
 * @param {{ backbone?: string, isolated?: boolean }} [options]
 */
export async function openPage({ backbone, isolated } = {}) {
  const server = await serve(backbone, isolated);
  const browser = await chromium.launch({
    executablePath: process.env.HEADSTART_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--js-flags=--expose-gc'],
  });
  const page = await browser.newPage();
  /** @type {string[]} */
  const requests = [];
  /** @type {string[]} */
  const complaints = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    requests,
    complaints,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
