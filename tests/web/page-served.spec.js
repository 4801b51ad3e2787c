// The page as `npm start` serves it, from its sources: nothing in it fails that works once it is built.

import { createServer } from 'vite';
import { expect, test } from './support/fixtures.mjs';

// What keeps a built page at hand is not to be tried here, and that has to be seen.
test.use({ serviceWorkers: 'allow' });

const config = new URL('../../web/vite.config.js', import.meta.url);

test('the page that is served while it is developed starts without a word on the console', async ({ page, watch }) => {
  test.setTimeout(120_000);
  const server = await createServer({
    configFile: config.pathname,
    logLevel: 'silent',
    server: { port: 0 },
  });
  try {
    await server.listen();
    await page.goto(`${server.resolvedUrls?.local[0]}?debug`);
    await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes', undefined, { timeout: 100_000 });
    await expect(page.locator('video.viewfinder-video')).toBeVisible();
    expect(watch.errors).toEqual([]);
  } finally {
    await server.close();
  }
});
