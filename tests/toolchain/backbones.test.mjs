// Published networks come behind the served page: resumed where they broke off, checked, and never a reason to stop.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { downloadFile } from '../../wasm/toolchain/resume.mjs';
import { provideBackbone, provideMissing } from '../../web/tools/backbones/provide.mjs';

const folder = mkdtempSync(join(tmpdir(), 'headstart-backbones-'));
const content = Buffer.alloc(300_000, 'network ');
const sha256 = createHash('sha256').update(content).digest('hex');
/** @type {string[]} */
const asked = [];
/** A network of one file. @param {string} baseUrl @param {{ file: string, bytes?: number, sha256?: string }} file */
const published = (baseUrl, file) => ({
  name: 'net',
  format: /** @type {const} */ ('tflite'),
  widthMultiplier: '0.35',
  inputSize: '96',
  source: 'a test',
  baseUrl,
  files: [file],
});
/** Breaks the connection once, in the middle. */
let breaks = true;
const server = createServer((request, response) => {
  const range = request.headers.range?.match(/bytes=(\d+)-/)?.[1];
  asked.push(range ?? 'all');
  const begin = Number(range ?? 0);
  response.writeHead(range ? 206 : 200, { 'Content-Length': content.length - begin });
  if (breaks) {
    breaks = false;
    response.write(content.subarray(0, 100_000), () => setTimeout(() => response.destroy(), 500));
  } else {
    response.end(content.subarray(begin));
  }
});
let url = '';
before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(null)));
  url = `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/`;
});
after(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('a download that broke off goes on where it ended, and is checked as a whole', async () => {
  const wanted = { uri: url, file: join(folder, 'network'), byteCount: content.length, sha256 };
  await assert.rejects(downloadFile(wanted, () => {}));
  assert.ok(!existsSync(wanted.file), 'half a file never has the real name');
  await downloadFile(wanted, () => {});
  assert.ok(readFileSync(wanted.file).equals(content));
  assert.equal(asked[0], 'all');
  assert.ok(Number(asked[1]) > 0, 'the second time only the rest is asked for');
});

test('bytes that are not the published ones are refused, and told without an end', async () => {
  /** @type {string[]} */
  const lines = [];
  const original = published(url, { file: 'net.tflite', bytes: content.length, sha256: '0'.repeat(64) });
  await provideMissing(folder, (line) => lines.push(line), {}, [original]);
  assert.match(lines.join('\n'), /could not be fetched now: .*checksum/);
  assert.match(lines.join('\n'), /The built-in one serves meanwhile/);
});

test('a network whose checksum nobody knew is taken as it is, and what came first has to come again', async () => {
  const home = mkdtempSync(join(tmpdir(), 'headstart-backbones-'));
  const original = {
    ...published(url, { file: 'net.bin' }),
    format: /** @type {const} */ ('network'),
    embeddingDim: 8,
  };
  /** @type {number[]} */
  const lengths = [];
  const check = async (/** @type {unknown} */ _, /** @type {Uint8Array} */ bytes) => void lengths.push(bytes.length);
  breaks = true;
  await assert.rejects(provideBackbone(original, home, { check }));
  await provideBackbone(original, home, { check });
  assert.deepEqual(lengths, [content.length]);
  assert.ok(readFileSync(join(home, 'net.tflite')).equals(content));
  assert.deepEqual(JSON.parse(readFileSync(join(home, 'checksums.json'), 'utf8')), {
    net: { bytes: content.length, sha256 },
  });
  const fetchBytes = async () => Buffer.from('another network');
  await assert.rejects(provideBackbone(original, home, { check, fetchBytes }), /of the first fetch/);
  await assert.rejects(provideBackbone(original, home, { fetchBytes }), /to be a \.tflite/);
  rmSync(home, { recursive: true, force: true });
});

test('without a network the page serves on, in a sentence', async () => {
  /** @type {string[]} */
  const lines = [];
  const original = published('http://127.0.0.1:1/', { file: 'net.tflite', bytes: 1, sha256 });
  await provideMissing(folder, (line) => lines.push(line), {}, [original]);
  assert.match(lines.join('\n'), /could not be fetched now: (no answer from 127\.0\.0\.1|fetch failed)/);
});
