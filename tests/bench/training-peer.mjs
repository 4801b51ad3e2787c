// Training beside us: TensorFlow.js with the recipe of Teachable Machine's library, in Chromium.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { serveFolders } from '../web/support/static-server.mjs';
import { installPeers } from './peer.mjs';
import { repository } from './places.mjs';

/**
 * @param {{ classCount: number, perClass: number }[]} shapes
 * @returns {Promise<{ backend: string, version: string, classCount: number, perClass: number, ms: number, accuracy: number }[]>}
 *   for each shape in plain JavaScript, and with WebGL where there is a graphics card
 */
export async function measureTrainingPeer(shapes) {
  const page = join(repository, 'bench-results/page');
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'training.html'), '<!doctype html><title>Training</title>');
  const server = await serveFolders({
    '/': page,
    '/bench/': join(repository, 'tests/bench'),
    '/peers/': installPeers(),
  });
  const browser = await chromium.launch({
    executablePath: process.env.HEADSTART_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(new URL('training.html', server.url).href);
    await tab.addScriptTag({ url: '/peers/node_modules/@tensorflow/tfjs/dist/tf.min.js' });
    return await tab.evaluate(async (shapes) => (await import('/bench/training-page.js')).run(shapes), shapes);
  } finally {
    await browser.close();
    await server.close();
  }
}
