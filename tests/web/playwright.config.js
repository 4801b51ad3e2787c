import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

// Debian's Chromium where it is; else the one that Playwright itself brought.
const chromium = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path && existsSync(path));

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.js',
  outputDir: '../../test-results',
  globalSetup: './support/global-setup.mjs',
  // Several tests measure time; two browsers on two cores would measure each other.
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list']],
  use: {
    // Tests look at what the page asks of the network, and put other answers in its place. `page-offline` lets it in again.
    serviceWorkers: 'block',
    launchOptions: { executablePath: chromium },
    viewport: { width: 1440, height: 900 },
    // A film of the page would cost more than the page: a picture of all of it for every frame, on the same two cores.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true },
    screenshot: 'only-on-failure',
  },
});
