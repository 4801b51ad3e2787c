// Speed as a person has it: in Chromium, every variant that runs there, side by side with the peer on the same network.

import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { chromium } from '@playwright/test';
import { serveFolders } from '../web/support/static-server.mjs';
import { installPeers, writePeerModel } from './peer.mjs';
import { library, repository } from './places.mjs';
import { leastAndMedian, milliseconds, printTable, summary } from './tables.mjs';

const kVariants = [
  { variant: 'simd', threads: 1 },
  { variant: 'relaxed-simd', threads: 1 },
  { variant: 'simd-threads', threads: 2 },
  { variant: 'relaxed-simd-threads', threads: 2 },
];

// A publisher's file as it is has a row of its own beside the network in it.
const kPeer = 'LiteRT.js';
const kPeerOnFile = 'LiteRT.js on the file';

const kPage = `<!doctype html><title>Speed</title><script type="importmap">
{ "imports": { "@litertjs/wasm-utils": "/peers/node_modules/@litertjs/wasm-utils/dist/index.js" } }
</script>`;

/** @param {{ file: string }} backbone */
const isTflite = ({ file }) => file.endsWith('.tflite');

/** What it can be computed in; the page leaves int8 out where the file is not in bytes. */
const precisionsOf = (backbone) => (isTflite(backbone) ? ['float32', 'int8'] : ['float32']);

/**
 * What the peer runs: of our own files the same network; of a publisher's file the file itself, often in 8 bits and with a
 * classifier behind, and the very layers that we run, in float32 and written by our exporter (no `model`).
 */
function peerModels(backbone, peerFolder) {
  if (!isTflite(backbone)) {
    return [{ engine: kPeer, model: `/peers/${writePeerModel(peerFolder, backbone)}` }];
  }
  return [{ engine: kPeer }, { engine: kPeerOnFile, model: `/backbone/${basename(backbone.file)}` }];
}

function jobFor(backbone, rounds, peerFolder) {
  return {
    library: '/lib/headstart.js',
    rounds,
    engines: precisionsOf(backbone).flatMap((precision) =>
      kVariants.map((each) => ({
        ...each,
        precision,
        key: `${each.variant}${precision === 'int8' ? ' in int8' : ''}, ${each.threads}`,
        backbone: `/backbone/${basename(backbone.file)}`,
      })),
    ),
    peer: peerFolder && {
      module: '/peers/node_modules/@litertjs/core/dist/index.js',
      wasm: '/peers/node_modules/@litertjs/core/wasm/',
      runs: peerModels(backbone, peerFolder).flatMap((model) =>
        [1, 2].map((threads) => ({ ...model, key: `${model.engine}, ${threads}`, threads })),
      ),
    },
  };
}

/** How many times as fast as the peer: the least times and the medians. */
function ratios(row, results, engine) {
  const peer = results.find(
    (each) => each.backbone === row.backbone && each.engine === engine && each.threads === row.threads,
  );
  return !peer || row.engine.startsWith(kPeer)
    ? ['', '']
    : ['min', 'median'].map((which) => (peer.compute[which] / row.compute[which]).toFixed(2));
}

const kRatios = ['times as fast as LiteRT.js, least', 'median'];

function printSpeed(title, results, peers) {
  if (results.length === 0) {
    return;
  }
  printTable(
    title,
    [
      'backbone',
      'engine',
      'threads',
      ...leastAndMedian('prepare and embed'),
      ...leastAndMedian('the whole call from the page'),
      ...peers.flatMap(([, columns]) => columns),
    ],
    results.map((row) => [
      row.backbone,
      row.engine,
      row.threads,
      ...milliseconds(row.compute),
      ...milliseconds(row.roundTrip),
      ...peers.flatMap(([engine]) => ratios(row, results, engine)),
    ]),
  );
}

/** @param {{ backbones: { name: string, file: string }[], rounds: number, withPeer: boolean }} job */
export async function measureSpeed({ backbones, rounds, withPeer }) {
  const peerFolder = withPeer ? installPeers() : null;
  const page = join(repository, 'bench-results/page');
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
      tab.on('console', (message) => message.text().startsWith(kPeer) && console.log(message.text()));
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
  const how = `in Chromium, ${availableParallelism()} cores, ms (of ${rounds} rounds, in turns)`;
  const ofFiles = new Set(backbones.filter(isTflite).map(({ name }) => name));
  const [own, others] = [false, true].map((wanted) => results.filter((row) => ofFiles.has(row.backbone) === wanted));
  printSpeed(`A 640x480 frame to its embedding, ${how}`, own, [[kPeer, kRatios]]);
  printSpeed(
    `Publishers' \`.tflite\` files, ${how}. "${kPeer}" runs the very same layers in float32, written by our exporter; ` +
      `"${kPeerOnFile}" the file as it is, in 8 bits where it has them, with its classifier`,
    others,
    [
      [kPeer, kRatios],
      [kPeerOnFile, ['on the file, least', 'median']],
    ],
  );
  if (others.length === 0) {
    console.log("No publishers' .tflite files are at hand: nothing was measured on them.");
  }
  return results;
}
