/**
 * Starts the server that all tests of the page share, and ends it after the last one.
 *
 * `/` is the built page; `/modules/` a bare page over the page's single modules, unbuilt, for tests of one module.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { serveFolders } from './static-server.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export default async function globalSetup() {
  const dist = process.env.HEADSTART_DIST ?? `${root}dist`;
  const server = await serveFolders({
    '/': dist,
    '/modules/': `${root}tests/web/support/bare-page`,
    '/modules/src/': `${root}web/src`,
    '/modules/fflate/': `${root}node_modules/fflate/esm`,
  });
  process.env.HEADSTART_URL = server.url;
  process.env.HEADSTART_BUILT = existsSync(`${dist}/index.html`) ? '1' : '';
  return server.close;
}
