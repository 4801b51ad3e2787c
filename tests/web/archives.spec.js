import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { encodePng } from '../pictures/encode.mjs';
import { asZip64, encodeInPage, zipOf } from './support/files.mjs';
import { expect, test } from './support/fixtures.mjs';
import { sharedFolder } from './support/pictures.mjs';
import { read } from './support/read-in-page.mjs';

test('an archive of class folders is taken like the folders themselves', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 64, 40);
  const zip = zipOf([
    { name: 'set/', content: Buffer.alloc(0) },
    { name: 'set/Müller/1.jpg', content: jpeg },
    { name: 'set/猫/1.jpg', content: jpeg, deflate: true },
    { name: Buffer.from('set/caf\xe9/1.jpg', 'latin1'), content: jpeg, flags: 0 },
    { name: 'set/猫/broken.jpg', content: Buffer.from('no') },
  ]);
  const { taken, unreadable, progress } = await read(bare, [{ path: 'set.zip', bytes: zip }]);
  expect(taken.map(({ className, name }) => [className, name])).toEqual([
    ['Müller', '1.jpg'],
    ['猫', '1.jpg'],
    ['café', '1.jpg'],
  ]);
  expect(unreadable).toMatchObject([{ name: 'broken.jpg', reason: 'not-a-picture' }]);
  expect(progress.at(-1)).toMatchObject({ done: 4, total: 4 });
});

test('a project of Teachable Machine brings its classes', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 64, 64);
  const project = zipOf([
    { name: 'Emergency vehicle-!-0.jpg', content: jpeg },
    { name: 'Other-!-0.jpg', content: jpeg },
    { name: 'manifest.json', content: Buffer.from('{"type":"image"}') },
  ]);
  const { taken, unreadable } = await read(bare, [{ path: 'project.tm', bytes: project }]);
  expect(taken.map(({ className }) => className)).toEqual(['Emergency vehicle', 'Other']);
  expect(unreadable).toEqual([]);
});

test('a label with slashes, dots or eighty letters in common stays a class of its own', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 32, 32);
  const long = 'x'.repeat(90);
  const labels = ['cat/dog', 'bird/dog', '.NET', '..', `${long}1`, `${long}2`];
  const project = zipOf([
    ...labels.map((label) => ({ name: `${label}-!-0.jpg`, content: jpeg })),
    { name: 'manifest.json', content: Buffer.from('{}') },
  ]);
  const { taken, unreadable } = await read(bare, [{ path: 'project.tm', bytes: project }]);
  const names = taken.map(({ className }) => className);
  expect(names.slice(0, 4)).toEqual(labels.slice(0, 4));
  expect(new Set(names).size).toBe(labels.length);
  expect(names.every((name) => [...name].length <= 80)).toBe(true);
  expect(unreadable).toEqual([]);
});

test('a project of GenAI-FI brings its classes', async ({ bare }) => {
  const png = await encodeInPage(bare, 32, 32, 'image/png');
  const project = zipOf([
    { name: 'metadata.json', content: Buffer.from('{}') },
    { name: 'weights.bin', content: Buffer.alloc(10) },
    ...['A_0', 'A_1', 'B_b_0'].map((name) => ({ name: `samples/${name}.png`, content: png })),
  ]);
  const { taken, unreadable } = await read(bare, [{ path: 'genai.zip', bytes: project }]);
  expect(taken.map(({ className }) => className)).toEqual(['A', 'A', 'B_b']);
  expect(unreadable).toEqual([]);
});

test('an archive is known by its bytes, a document is none, and a large one is read', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 32, 32);
  const zip = zipOf([
    { name: 'a/1.jpg', content: jpeg },
    { name: 'b/1.jpg', content: jpeg },
  ]);
  for (const [path, bytes] of Object.entries({ project: zip, 'large.zip': asZip64(zip) })) {
    const { taken, unreadable } = await read(bare, [{ path, bytes }]);
    expect(unreadable, path).toEqual([]);
    expect(taken.map(({ className }) => className).join(), path).toBe('a,b');
  }
  const { taken, unreadable } = await read(bare, [{ path: 'letter.docx', bytes: zip }]);
  expect(taken).toEqual([]);
  expect(unreadable).toMatchObject([{ name: 'letter.docx', reason: 'not-a-picture' }]);
});

test('names in the code page of another country are read as what they are', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 32, 32);
  const written = {
    グー: Buffer.from([0x83, 0x4f, 0x81, 0x5b]),
    Äpfel: Buffer.from('\x8epfel', 'latin1'),
    Niño: Buffer.from('Ni\xa4o', 'latin1'),
    résumé: Buffer.from('r\x82sum\x82', 'latin1'),
    кошка: Buffer.from([0xaa, 0xae, 0xe8, 0xaa, 0xa0]),
  };
  for (const [name, bytes] of Object.entries(written)) {
    const files = ['1.jpg', '2.jpg'].map((file) => Buffer.concat([bytes, Buffer.from(`/${file}`)]));
    const zip = zipOf(files.map((file) => ({ name: file, content: jpeg, flags: 0 })));
    const { taken } = await read(bare, [{ path: 'old.zip', bytes: zip }]);
    expect(taken.map(({ className }) => className)).toEqual([name, name]);
  }
});

test('archives that other programs made come in with their classes, and no picture of them is lost', async ({
  bare,
}) => {
  const folder = join(sharedFolder, 'cases', 'archives');
  test.skip(!existsSync(folder), 'made for this purpose; where they are not, the other tests make their own');
  /** @type {Record<string, (string | RegExp)[]>} */
  const expected = {
    'three_classes.tm': ['Class 1', 'Class 2', 'Class 3'],
    'three_folders.zip': ['グー', 'チョキ', 'パー'],
    'genai.zip': ['Alpha', 'Beta_x'],
    'slash.tm': ['bird/dog', 'cat/dog', 'fish/dog'],
    'dot.tm': ['..', '.NET', 'C#'],
    'long.tm': [/^x{70}/, /^x{70}/],
    'japanese_cp932.zip': ['グー', 'チョキ', 'パー'],
    'german_cp850.zip': ['Brötchen', 'Möhren', 'Äpfel'],
    'spanish_cp850.zip': ['Montaña', 'Niño', 'Ratón'],
    'cp437.zip': ['café', 'résumé'],
    'zip64_end_ffff.zip': ['cat', 'dog'],
    project: ['Class 1', 'Class 2'],
  };
  for (const [path, classes] of Object.entries(expected)) {
    const { taken, unreadable } = await read(bare, [{ path, bytes: readFileSync(join(folder, path)) }]);
    expect(unreadable, path).toEqual([]);
    const names = [...new Set(taken.map(({ className }) => className))].sort();
    expect(names, path).toEqual(classes.map((name) => (typeof name === 'string' ? name : expect.stringMatching(name))));
    expect(taken, path).toHaveLength(4 * classes.length);
  }
});

test('an entry that unfolds to far more than it states stops at once, and the page goes on', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 32, 32);
  const bomb = { name: 'a/1.jpg', content: Buffer.alloc(256e6), deflate: true, statedBytes: 10 };
  const zip = zipOf([bomb, { name: 'a/2.jpg', content: jpeg }]);
  const { taken, unreadable } = await read(bare, [{ path: 'bomb.zip', bytes: zip }]);
  expect(taken).toHaveLength(1);
  expect(unreadable).toMatchObject([{ name: '1.jpg', reason: 'zip-broken', detail: /more than the 10 bytes/ }]);
});

test('one picture far too long ends no batch', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 320, 240);
  const strip = encodePng({ width: 65_500, height: 64, data: new Uint8ClampedArray(4 * 65_500 * 64) });
  const thread = encodePng({ width: 1, height: 100_000, data: new Uint8ClampedArray(4 * 100_000) });
  const files = [jpeg, strip, jpeg, thread, jpeg].map((bytes, index) => ({ path: `${index}.png`, bytes }));
  const { taken, unreadable } = await read(bare, files);
  expect(taken.map(({ name, width, height }) => [name, width, height])).toEqual(
    ['0.png', '2.png', '4.png'].map((name) => [name, 320, 240]),
  );
  expect(unreadable.map(({ name, reason }) => [name, reason])).toEqual([
    ['1.png', 'too-narrow'],
    ['3.png', 'too-narrow'],
  ]);
});

test('a hostile archive is refused, each lie with its reason', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 64, 64);
  const good = { name: 'a/1.jpg', content: jpeg };
  const bomb = { name: 'a/1.jpg', content: Buffer.alloc(8e6), deflate: true, statedBytes: 100 };
  const whole = zipOf([good, { name: 'b/2.jpg', content: jpeg }]);
  const farDirectory = Buffer.from(whole);
  farDirectory.writeUInt32LE(0x7fffffff, farDirectory.length - 6);
  const manyEntries = Buffer.from(whole);
  manyEntries.writeUInt16LE(60_000, manyEntries.length - 12);
  const reasons = {};
  for (const [name, bytes] of Object.entries({
    bomb: zipOf([bomb]),
    encrypted: zipOf([{ ...good, flags: 0x0801 }]),
    overlapping: zipOf([good, { name: 'b/2.jpg', content: jpeg, headerAt: 0 }]),
    wrongSum: zipOf([{ ...good, crc: 1 }]),
    statedHuge: zipOf([{ ...good, statedBytes: 0xfffffff0 }]),
    farDirectory,
    manyEntries,
    truncated: whole.subarray(0, whole.length - 30),
    notAnArchive: Buffer.from('PK\x03\x04 but then nothing'),
    empty: Buffer.alloc(0),
  })) {
    const { taken, unreadable } = await read(bare, [{ path: `${name}.zip`, bytes }]);
    expect(taken).toHaveLength(0);
    reasons[name] = unreadable.map(({ reason }) => reason).join();
  }
  expect(reasons).toEqual({
    bomb: 'zip-broken',
    encrypted: 'zip-encrypted',
    overlapping: 'zip-broken',
    wrongSum: 'zip-broken',
    statedHuge: 'too-large',
    farDirectory: 'zip-broken',
    manyEntries: 'zip-too-large',
    truncated: 'zip-broken',
    notAnArchive: 'zip-broken',
    empty: 'zip-broken',
  });
});

test('random bytes and random damage never break the reader, only the file', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 32, 32);
  const whole = zipOf([
    { name: 'a/1.jpg', content: jpeg },
    { name: 'b/2.jpg', content: jpeg, deflate: true },
  ]);
  let state = 1;
  const random = (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return (state >>> 8) % below;
  };
  const files = Array.from({ length: 150 }, (_, index) => {
    const bytes = Buffer.from(whole);
    for (let flips = 0; flips <= index % 5; flips += 1) {
      // The structures lie at the end and the start; damage there is the interesting one.
      const at = random(2) ? bytes.length - 1 - random(140) : random(bytes.length);
      bytes[at] = random(256);
    }
    return { path: `${index}.zip`, bytes };
  });
  const { taken, unreadable } = await read(bare, files);
  expect(taken.length + unreadable.length).toBeGreaterThanOrEqual(files.length);
  const known = /^(zip-|too-large|broken|not-a-picture|empty|heic|unsupported)/;
  expect(unreadable.filter(({ reason }) => !known.test(reason))).toEqual([]);
});

test('inflating works without the browser’s own inflater too', async ({ bare }) => {
  const content = Buffer.from('as long as wanted '.repeat(5000));
  const packed = [deflateRawSync(content), deflateRawSync(Buffer.alloc(8e6))].map((each) => each.toString('base64'));
  const [same, refused] = await bare.evaluate(
    async ([good, bomb, text]) => {
      window.DecompressionStream = class {
        constructor() {
          throw new TypeError('unknown format');
        }
      };
      const { inflate } = await import('/modules/src/intake/inflate.js');
      const blob = (base64) => new Blob([Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))]);
      const unpacked = await inflate(blob(good), text.length);
      const error = await inflate(blob(bomb), 100).catch(({ reason, message }) => `${reason}: ${message}`);
      return [new TextDecoder().decode(unpacked) === text, error];
    },
    [...packed, content.toString()],
  );
  expect(same).toBe(true);
  expect(refused).toBe('zip-broken: more than the 100 bytes that it states');
});

test('pictures saved as an archive come back the same, in folders that every system accepts', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 64, 40);
  const outcome = await bare.evaluate(async (base64) => {
    const { savePicturesAsZip } = await import('/modules/src/project/pictures-zip.js');
    const { openZip } = await import('/modules/src/intake/zip-reader.js');
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const progress = [];
    const blob = await savePicturesAsZip({
      classes: [
        { name: 'Müller/猫 ', sampleIds: [1, 2] },
        { name: 'müller_猫', sampleIds: [3] },
        { name: 'con', sampleIds: [4] },
        { name: '..', sampleIds: [5] },
        { name: 'empty', sampleIds: [] },
      ],
      picture: async () => new Blob([bytes], { type: 'image/jpeg' }),
      onProgress: ({ done, total }) => progress.push(`${done}/${total}`),
    });
    const { unpack } = await import('/modules/src/intake/unpack.js');
    const { entries } = await openZip(blob);
    const contents = await Promise.all(entries.map(async (entry) => unpack(await entry.find())));
    const same = await Promise.all(
      contents.map(async (content) => {
        const back = new Uint8Array(await content.arrayBuffer());
        return back.length === bytes.length && back.every((byte, index) => byte === bytes[index]);
      }),
    );
    const stop = new AbortController();
    stop.abort();
    const stopped = await savePicturesAsZip({
      classes: [{ name: 'a', sampleIds: [1] }],
      picture: async () => bytes,
      signal: stop.signal,
    }).catch((error) => error.code);
    return { paths: entries.map(({ path }) => path), same, progress, stopped };
  }, jpeg.toString('base64'));
  expect(outcome).toEqual({
    paths: ['Müller_猫/0001.jpg', 'Müller_猫/0002.jpg', 'müller_猫 (2)/0001.jpg', '_con/0001.jpg', 'class 4/0001.jpg'],
    same: [true, true, true, true, true],
    progress: ['1/5', '2/5', '3/5', '4/5', '5/5'],
    stopped: 'cancelled',
  });
});
