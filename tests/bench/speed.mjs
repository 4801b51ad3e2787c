// Speed as a person has it: in Chromium, every variant that runs there, side by side with the peer on the same network.

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { serveFolders } from '../web/support/static-server.mjs';
import { installPeers, writePeerModel } from './peer.mjs';
import { library, repository } from './places.mjs';
import { readSafetensors } from './safetensors.mjs';
import { leastAndMedian, milliseconds, printTable, summary } from './tables.mjs';

const kVariants = [
  { variant: 'simd', threads: 1 },
  { variant: 'relaxed-simd', threads: 1 },
  { variant: 'simd-threads', threads: 2 },
  { variant: 'relaxed-simd-threads', threads: 2 },
];

const kPage = `<!doctype html><title>Speed</title><script type="importmap">
{ "imports": { "@litertjs/wasm-utils": "/peers/node_modules/@litertjs/wasm-utils/dist/index.js" } }
</script>`;

function jobFor(backbone, rounds, peerFolder) {
  const { metadata } = readSafetensors(new Uint8Array(readFileSync(backbone.file)));
  const model = peerFolder && writePeerModel(peerFolder, backbone);
  return {
    library: '/lib/headstart.js',
    rounds,
    engines: kVariants.map((each) => ({
      ...each,
      key: `${each.variant}, ${each.threads}`,
      backbone: `/backbone/${backbone.file.slice(dirname(backbone.file).length + 1)}`,
    })),
    peer: model && {
      module: '/peers/node_modules/@litertjs/core/dist/index.js',
      wasm: '/peers/node_modules/@litertjs/core/wasm/',
      runs: [1, 2].map((threads) => ({
        key: `LiteRT.js, ${threads}`,
        model: `/peers/${model}`,
        size: Number(metadata.input_size),
        threads,
      })),
    },
  };
}

/** @param {{ backbones: { name: string, file: string }[], rounds: number, withPeer: boolean }} job */
export async function measureSpeed({ backbones, rounds, withPeer }) {
  const peerFolder = withPeer ? installPeers() : null;
  const page = join(repository, 'bench-results/page');
  const { mkdirSync } = await import('node:fs');
  mkdirSync(page, { recursive: true });
  writeFileSync(join(page, 'index.html'), kPage);
  const browser = await chromium.launch({
    executablePath: process.env.HEADSTART_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
  const results = [];
  try {
    for (const backbone of backbones) {
      const server = await serveFolders({
        '/': page,
        '/lib/': library,
        '/bench/': join(repository, 'tests/bench'),
        '/backbone/': dirname(backbone.file),
        ...(peerFolder && { '/peers/': peerFolder }),
      });
      const tab = await browser.newPage();
      await tab.goto(server.url);
      const job = jobFor(backbone, rounds, peerFolder);
      const timed = await tab.evaluate(async (job) => (await import('/bench/speed-page.js')).run(job), job);
      await tab.close();
      await server.close();
      for (const [key, { computeMs, roundTripMs }] of Object.entries(timed)) {
        const [engine, threads] = key.split(', ');
        results.push({
          backbone: backbone.name,
          engine,
          threads: Number(threads),
          compute: summary(computeMs),
          roundTrip: summary(roundTripMs),
        });
      }
    }
  } finally {
    await browser.close();
  }
  printTable(
    `A 640x480 frame to its embedding, in Chromium, ${availableParallelism()} cores, ms (of ${rounds} rounds, in turns)`,
    [
      'backbone',
      'engine',
      'threads',
      ...leastAndMedian('prepare and embed'),
      ...leastAndMedian('the whole call from the page'),
      'times as fast as LiteRT.js (least)',
    ],
    results.map((row) => {
      const peer = results.find(
        (each) => each.backbone === row.backbone && each.engine === 'LiteRT.js' && each.threads === row.threads,
      );
      return [
        row.backbone,
        row.engine,
        row.threads,
        ...milliseconds(row.compute),
        ...milliseconds(row.roundTrip),
        peer && peer !== row ? (peer.compute.min / row.compute.min).toFixed(2) : '',
      ];
    }),
  );
  return results;
}
