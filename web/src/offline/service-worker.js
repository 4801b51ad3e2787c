// Keeps the page for when there is no network: all files of one version, taken in together and checked, or none of them.
//
// - A new version is taken in beside the one in use and waits until the person wants it, or all tabs are closed: an open page
//   never gets files of another version.
// - On a web host that cannot send them it supplies the two headers that allow threads.
// - A backbone that was fetched once stays, whatever the version.
//
// The build puts the list of files in place of `__FILES__`.

/** @typedef {{ url: string, integrity: string }} PageFile */

/** @type {any} */
const worker = self;
/** @type {{ version: string, files: PageFile[] }} */
const page = /** @type {any} */ (globalThis).__FILES__;

const PREFIX = 'headstart-page-';
const CURRENT = `${PREFIX}${page.version}`;
/** Files that are no part of a version. */
const BACKBONES = 'headstart-backbones';
/** So many files are on their way at once. */
const IN_FLIGHT = 6;

const SCOPE = /** @type {string} */ (worker.registration.scope);
/** @param {string} url */
const inScope = (url) => new URL(url, SCOPE).href;
const START = inScope('./');
const known = new Set(page.files.map(({ url }) => inScope(url)));

worker.addEventListener('install', (/** @type {any} */ event) => event.waitUntil(takeIn()));

worker.addEventListener('activate', (/** @type {any} */ event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith(PREFIX) && name !== CURRENT) {
          await caches.delete(name);
        }
      }
      await worker.clients.claim(); // a page that was just loaded without us
    })(),
  );
});

worker.addEventListener('message', (/** @type {any} */ { data, ports: [port] }) => {
  if (data === 'version') {
    port.postMessage({ version: page.version, fileCount: page.files.length });
  }
  if (data === 'use') {
    void useNow(port);
  }
});

worker.addEventListener('fetch', (/** @type {any} */ event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (!url.href.startsWith(SCOPE) || !['GET', 'HEAD'].includes(request.method) || request.headers.has('range')) {
    return;
  }
  url.hash = '';
  url.search = '';
  const address = request.mode === 'navigate' && isStart(url.href) ? START : url.href;
  if (known.has(address)) {
    event.respondWith(fromVersion(address, request));
  } else if (isBackbone(url.href)) {
    event.respondWith(fromBackbones(url.href, request));
  }
});

/** Everything or nothing: a file of another version does not pass its checksum. */
async function takeIn() {
  const cache = await caches.open(CURRENT);
  const waiting = [...page.files];
  /** What older versions have is not fetched again. @type {Cache[]} */
  const others = [];
  for (const name of await caches.keys()) {
    if (name.startsWith(PREFIX) && name !== CURRENT) {
      others.push(await caches.open(name));
    }
  }
  async function next() {
    for (let file = waiting.pop(); file; file = waiting.pop()) {
      const address = inScope(file.url);
      if (!(await cache.match(address))) {
        await cache.put(address, (await found(others, address, file)) ?? (await fetched(address, file)));
      }
    }
  }
  await Promise.all(Array.from({ length: IN_FLIGHT }, next));
}

/** @param {Cache[]} others @param {string} address @param {PageFile} file */
async function found(others, address, { integrity }) {
  for (const other of others) {
    const response = await other.match(address);
    if (response?.headers.get(INTEGRITY) === integrity) {
      return response;
    }
  }
  return null;
}

const INTEGRITY = 'x-headstart-integrity';

/** @param {string} address @param {PageFile} file */
async function fetched(address, { integrity }) {
  const response = await fetch(address, { integrity, cache: 'no-cache', credentials: 'same-origin' });
  if (!response.ok) {
    throw new Error(`expected ${address}, got status ${response.status}`);
  }
  return isolated(response, { [INTEGRITY]: integrity });
}

/**
 * With the headers that let the page share memory between threads.
 *
 * @param {Response} response
 * @param {Record<string, string>} [more]
 */
function isolated(response, more = {}) {
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  for (const [name, value] of Object.entries(more)) {
    headers.set(name, value);
  }
  // The body is as it was sent after decompression, so what described the sending no longer holds.
  headers.delete('Content-Encoding');
  headers.delete('Content-Length');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

/** @param {string} href */
const isStart = (href) => href === START || href === inScope('index.html');

/** @param {string} href */
const isBackbone = (href) => href.startsWith(inScope('backbones/')) && /\.(safetensors|tflite)$/.test(href);

/** @param {string} address @param {Request} request */
async function fromVersion(address, request) {
  const cache = await caches.open(CURRENT);
  const response = await cache.match(address);
  if (response) {
    return request.method === 'HEAD' ? new Response(null, response) : response;
  }
  // Somebody emptied the cache: whatever the network has is better than nothing.
  return isolated(await fetch(request));
}

/** @param {string} address @param {Request} request */
async function fromBackbones(address, request) {
  const cache = await caches.open(BACKBONES);
  const response = await cache.match(address);
  if (response) {
    return request.method === 'HEAD' ? new Response(null, response) : response;
  }
  const answer = await fetch(request);
  const isFile = answer.ok && !(answer.headers.get('content-type') ?? '').startsWith('text/html');
  if (request.method === 'GET' && isFile && answer.status === 200) {
    const kept = isolated(answer);
    await cache.put(address, kept.clone()).catch(() => {}); // no room: it is there for now
    return kept;
  }
  return isolated(answer);
}

/** The person wants this version: it takes over when no other tab would lose its own. @param {MessagePort} port */
async function useNow(port) {
  const open = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const mayUse = open.length <= 1;
  port.postMessage({ mayUse });
  if (mayUse) {
    await worker.skipWaiting();
  }
}
