// What every test of the page starts from: a browser whose camera plays our pictures, and a page that is watched.

import { test as base, expect } from '@playwright/test';
import { createFilm, pictureClasses } from './pictures.mjs';

/** @typedef {{ path: string, replace: (content: Buffer) => void }} Film */
/**
 * @typedef {object} PageWatch
 * @property {string[]} requests Addresses that left for the network, in order.
 * @property {string[]} errors What the page threw or logged as an error.
 */

export { expect };

/** Flags of a browser that has a camera without having one. @param {string[]} [more] */
export function chromiumFlags(more = []) {
  return [
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    '--disable-gpu',
    '--disable-background-networking',
    // Memory is counted when a test asks, not at the next quiet moment.
    '--enable-blink-features=ForceEagerMeasureMemory',
    ...more,
  ];
}

export const test = base.extend({
  /** One film for each worker, showing the first class until a test replaces it. */
  film: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from here
    async ({}, use, workerInfo) => {
      const film = createFilm(`camera-${workerInfo.workerIndex}`);
      film.replace(pictureClasses()[0].film);
      await use(film);
      film.remove();
    },
    { scope: 'worker' },
  ],
  launchOptions: [
    async ({ launchOptions, film }, use) => {
      await use({
        ...launchOptions,
        args: chromiumFlags([
          '--use-fake-device-for-media-stream',
          '--use-fake-ui-for-media-stream',
          `--use-file-for-fake-video-capture=${film.path}`,
        ]),
      });
    },
    { scope: 'worker' },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: as above
  baseURL: async ({}, use) => use(process.env.HEADSTART_URL),

  /** @type {any} What the page asked of the network, and what went wrong in it. */
  watch: async ({ page }, use) => {
    /** @type {PageWatch} */
    const watch = { requests: [], errors: [] };
    page.context().on('request', (request) => {
      if (!/^(blob|data):/.test(request.url())) {
        watch.requests.push(request.url());
      }
    });
    page.on('pageerror', (error) => watch.errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') {
        watch.errors.push(message.text());
      }
    });
    await use(watch);
  },

  /** An empty page over the unbuilt modules, for tests of one of them. */
  bare: async ({ page }, use) => {
    await page.goto('/modules/');
    await use(page);
  },
});
