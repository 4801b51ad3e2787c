// Starts the server that all tests of the page share, and ends it after the last one.
//
// `/` is the built page; `/modules/` a bare page over the page's single modules, unbuilt, for tests of one module.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveFolders } from './static-server.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** As strict as a careful web host would be: the page needs no foreign address, no inline script and no `eval`. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

export default async function globalSetup() {
  const dist = process.env.HEADSTART_DIST ?? `${root}dist`;
  if (!existsSync(`${dist}/index.html`)) {
    throw new Error(`there is no built page at ${dist}: npm run build makes it`);
  }
  const folders = {
    '/': dist,
    '/modules/': `${root}tests/web/support/bare-page`,
    '/modules/src/': `${root}web/src`,
    '/modules/fflate/': `${root}node_modules/fflate/esm`,
  };
  const server = await serveFolders(folders, {
    headersFor: (prefix) => (prefix === '/' ? { 'Content-Security-Policy': POLICY } : {}),
  });
  process.env.HEADSTART_URL = server.url;
  return server.close;
}
