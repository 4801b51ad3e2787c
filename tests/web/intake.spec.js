import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeInPage, gigapixelPng, heicLike, withOrientation } from './support/files.mjs';
import { expect, test } from './support/fixtures.mjs';
import { longTasksDuring } from './support/long-tasks.mjs';
import { read } from './support/read-in-page.mjs';
import { serveFolders } from './support/static-server.mjs';

const isRed = ([red, , blue]) => red > 150 && blue < 100;

test('a photograph that was held sideways comes in upright', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 64, 40);
  const { taken } = await read(bare, [
    { path: 'level.jpg', bytes: jpeg },
    { path: 'turned.jpg', bytes: withOrientation(jpeg, 6) },
  ]);
  expect(taken[0]).toMatchObject({ width: 64, height: 40, className: null });
  expect(isRed(taken[0].left)).toBe(true);
  expect(taken[1]).toMatchObject({ width: 40, height: 64 });
  expect(isRed(taken[1].top)).toBe(true);
});

test('twelve megapixels are reduced while they are decoded, upright and in proportion', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 4000, 3000);
  const { taken } = await read(bare, [
    { path: 'level.jpg', bytes: jpeg },
    { path: 'turned.jpg', bytes: withOrientation(jpeg, 6) },
  ]);
  expect(taken[0]).toMatchObject({ width: 1365, height: 1024 });
  expect(taken[1].width).toBe(1024);
  expect(Math.abs(taken[1].height - 1365)).toBeLessThanOrEqual(1);
  expect(isRed(taken[1].top)).toBe(true);
});

test('every format that browsers show is taken, whatever its name says', async ({ bare }) => {
  const files = [];
  for (const type of ['image/jpeg', 'image/png', 'image/webp']) {
    files.push({
      path: `picture of ${type.slice(6)}.txt`,
      bytes: await encodeInPage(bare, 48, 32, type),
    });
  }
  const { taken, unreadable } = await read(bare, files);
  expect(taken.map(({ width, height }) => [width, height])).toEqual([
    [48, 32],
    [48, 32],
    [48, 32],
  ]);
  expect(unreadable).toEqual([]);
});

test('what cannot be read is listed by name with the reason, and the rest is taken', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 64, 64);
  const { taken, unreadable, progress } = await read(bare, [
    { path: 'IMG_0001.HEIC', bytes: heicLike() },
    { path: 'cut.jpg', bytes: jpeg.subarray(0, 40) },
    { path: 'notes.jpg', bytes: Buffer.from('not a picture at all') },
    { path: 'huge.png', bytes: gigapixelPng() },
    { path: 'nothing.png', bytes: Buffer.alloc(0) },
    { path: 'scan.tif', bytes: Buffer.from('II*\0........') },
    { path: 'good.jpg', bytes: jpeg },
  ]);
  expect(unreadable.map(({ name, reason }) => [name, reason])).toEqual([
    ['IMG_0001.HEIC', 'heic'],
    ['cut.jpg', 'broken'],
    ['notes.jpg', 'not-a-picture'],
    ['huge.png', 'too-large'],
    ['nothing.png', 'empty'],
    ['scan.tif', 'unsupported'],
  ]);
  expect(taken.map(({ name }) => name)).toEqual(['good.jpg']);
  expect(progress.at(-1)).toMatchObject({ done: 7, total: 7, unreadableCount: 6 });
});

test('folders become classes however they lie', async ({ bare }) => {
  const names = await bare.evaluate(async () => {
    const { classNamesOf } = await import('/modules/src/intake/class-folders.js');
    return {
      set: classNamesOf(['set/cat/1.jpg', 'set/dog/1.jpg', 'set/dog/old/2.jpg', 'set/about.txt']),
      several: classNamesOf(['cat/1.jpg', 'dog/1.jpg', 'loose.jpg']),
      one: classNamesOf(['cat/1.jpg', 'cat/2.jpg', 'cat/blurred/3.jpg']),
      deep: classNamesOf(['a/b/set/cat/1.jpg', 'a/b/set/dog/1.jpg']),
      split: classNamesOf(['set/train/cat/1.jpg', 'set/test/cat/2.jpg', 'set/test/dog/1.jpg']),
      teachableMachine: classNamesOf(['Class 1-!-0.jpg', 'a-!-b-!-12.jpg', 'manifest.json']),
      hostile: classNamesOf([`a\u202Eb\u0000c/1.jpg`, `${'x'.repeat(300)}/1.jpg`]).map((name) => name.length),
      none: classNamesOf(['1.jpg']),
    };
  });
  expect(names).toEqual({
    set: ['cat', 'dog', 'dog', null],
    several: ['cat', 'dog', null],
    one: ['cat', 'cat', 'cat'],
    deep: ['cat', 'dog'],
    split: ['cat', 'cat', 'dog'],
    teachableMachine: ['Class 1', 'a-!-b', null],
    hostile: [3, 80],
    none: [null],
  });
});

test('a dropped folder is walked to its end, however many files and folders it has', async ({ bare }) => {
  const folder = join(await mkdtemp(join(tmpdir(), 'headstart-drop-')), 'set');
  const jpeg = await encodeInPage(bare, 8, 8);
  // More than browsers hand out at a time.
  for (const name of ['cat', 'dog']) {
    await mkdir(join(folder, name), { recursive: true });
    for (let number = 0; number < 130; number += 1) {
      await writeFile(join(folder, name, `${number}.jpg`), jpeg);
    }
  }
  await bare.evaluate(async () => {
    document.body.style.height = '400px';
    document.body.addEventListener('dragover', (event) => event.preventDefault());
    // Loaded before the drop: its content is forgotten after the first turn.
    const { collectFiles } = await import('/modules/src/intake/intake.js');
    document.body.addEventListener('drop', (event) => {
      event.preventDefault();
      window.items = collectFiles(event.dataTransfer);
    });
  });
  const cdp = await bare.context().newCDPSession(bare);
  const data = { items: [], files: [folder], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await cdp.send('Input.dispatchDragEvent', { type, x: 50, y: 50, data });
  }
  await bare.waitForFunction(() => window.items);
  const counts = await bare.evaluate(async () => {
    const found = {};
    for (const { className } of await window.items) {
      found[className] = (found[className] ?? 0) + 1;
    }
    return found;
  });
  expect(counts).toEqual({ cat: 130, dog: 130 });
});

test('what systems leave in folders is not mentioned', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 32, 32);
  const { taken, unreadable } = await read(bare, [
    { path: 'cat/.DS_Store', bytes: Buffer.from('x') },
    { path: 'cat/Thumbs.db', bytes: Buffer.from('x') },
    { path: '__MACOSX/cat/._1.jpg', bytes: Buffer.from('x') },
    { path: 'cat/1.jpg', bytes: jpeg },
  ]);
  expect(unreadable).toEqual([]);
  expect(taken).toHaveLength(1);
});

test('a hundred large pictures need the memory of two, and reading stops when told', async ({ bare }) => {
  const jpeg = await encodeInPage(bare, 2000, 1500);
  await bare.evaluate((base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    window.items = Array.from({ length: 100 }, (_, index) => ({
      className: null,
      name: `${index}.jpg`,
      file: new File([bytes], `${index}.jpg`),
    }));
    window.pictures = { open: 0, mostOpen: 0, taken: 0 };
    // Every picture arrives from the decoding thread by a message.
    const listen = Worker.prototype.addEventListener;
    Worker.prototype.addEventListener = function (name, react) {
      listen.call(this, name, (event) => {
        const { bitmap } = event.data ?? {};
        if (bitmap) {
          window.pictures.open += 1;
          window.pictures.mostOpen = Math.max(window.pictures.mostOpen, window.pictures.open);
          const close = bitmap.close.bind(bitmap);
          bitmap.close = () => {
            window.pictures.open -= 1;
            close();
          };
        }
        react(event);
      });
    };
  }, jpeg.toString('base64'));
  const longTasks = await longTasksDuring(bare, () =>
    bare.evaluate(async () => {
      const { readPictures } = await import('/modules/src/intake/intake.js');
      const stop = new AbortController();
      for await (const { picture } of readPictures(window.items, { signal: stop.signal })) {
        picture.close();
        window.pictures.taken += 1;
        if (window.pictures.taken === 60) {
          stop.abort();
        }
      }
      await new Promise((resolve) => setTimeout(resolve, 200));
    }),
  );
  const { open, mostOpen, taken } = await bare.evaluate(() => window.pictures);
  expect({ open, taken }).toEqual({ open: 0, taken: 60 });
  expect(mostOpen).toBeLessThanOrEqual(2);
  expect(longTasks).toEqual([]);
});

test('a picture dragged from another page is asked for only then, and a refusal is told', async ({ bare, watch }) => {
  const jpeg = await encodeInPage(bare, 64, 40);
  const folder = await mkdtemp(join(tmpdir(), 'headstart-sites-'));
  await writeFile(join(folder, 'cat one.jpg'), jpeg);
  await writeFile(join(folder, 'dog.jpg'), jpeg);
  const headersFor = () => ({ 'Access-Control-Allow-Origin': '*' });
  const open = await serveFolders({ '/': folder }, { headersFor });
  const closed = await serveFolders({ '/': folder });
  const before = watch.requests.length;
  const outcome = await bare.evaluate(
    async ([base64, openUrl, closedUrl]) => {
      const { collectFiles, readPictures } = await import('/modules/src/intake/intake.js');
      const drop = new DataTransfer();
      drop.setData('text/uri-list', `# comment\r\n${openUrl}/cat%20one.jpg?size=9`);
      const html = new DataTransfer();
      html.setData(
        'text/html',
        `<img src="${closedUrl}/dog.jpg"><img src="data:image/jpeg;base64,${base64}">
       <script src="${closedUrl}/evil.js"></script>`,
      );
      const text = new DataTransfer();
      text.setData('text/plain', `${openUrl}/only-text.jpg`);
      const items = [...(await collectFiles(drop)), ...(await collectFiles(html)), ...(await collectFiles(text))];
      const pictures = readPictures(items);
      const taken = [];
      for await (const { name, picture } of pictures) {
        taken.push([name, picture.width]);
        picture.close();
      }
      return { taken, unreadable: pictures.unreadable };
    },
    [jpeg.toString('base64'), open.url, closed.url],
  );
  await Promise.all([open.close(), closed.close()]);
  expect(outcome.taken).toEqual([
    ['cat one.jpg', 64],
    [expect.stringContaining('data:image/jpeg'), 64],
  ]);
  expect(outcome.unreadable).toMatchObject([{ name: 'dog.jpg', reason: 'other-site' }]);
  const asked = watch.requests.slice(before).filter((address) => !address.includes('/modules/'));
  expect(asked).toEqual([`${open.url}/cat%20one.jpg?size=9`, `${closed.url}/dog.jpg`]);
});

test('a pasted picture is a file like any other', async ({ bare }) => {
  const outcome = await bare.evaluate(async () => {
    const { collectFiles } = await import('/modules/src/intake/intake.js');
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File(['x'], 'image.png', { type: 'image/png' }));
    const items = await collectFiles(new ClipboardEvent('paste', { clipboardData }));
    return items.map(({ name, className }) => ({ name, className }));
  });
  expect(outcome).toEqual([{ name: 'image.png', className: null }]);
});

test('an honest canvas is trusted, a falsified one is found out', async ({ bare }) => {
  const verdicts = await bare.evaluate(async () => {
    const { checkCanvas } = await import('/modules/src/intake/canvas-trust.js');
    const honest = await checkCanvas();
    // What Brave does: the lowest bit of a few of many pixels.
    const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...where) {
      const image = read.apply(this, where);
      image.data[4 * 700 + 1] ^= 1;
      return image;
    };
    return { honest, falsified: await checkCanvas() };
  });
  expect(verdicts.honest).toMatchObject({ trusted: true, detail: { wrongBytes: 0 } });
  expect(verdicts.honest.detail.videoFrame).toBe('trusted');
  expect(verdicts.falsified).toMatchObject({
    trusted: false,
    detail: { canvas: 'falsified', videoFrame: 'trusted', largestDifference: 1 },
  });
});
