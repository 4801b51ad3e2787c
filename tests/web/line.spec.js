// The main job, from a camera's frame to a head that works elsewhere, with the real engine in a real browser.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './support/fixtures.mjs';
import { longTasksDuring } from './support/long-tasks.mjs';
import { processorShare } from './support/machine.mjs';
import {
  cardOf,
  embedAll,
  largestDifference,
  newDeskPage,
  openPage,
  predictAll,
  record,
  saveHead,
  showToCamera,
  startNewProject,
  untilTrained,
  winnerOf,
} from './support/page.mjs';
import { hasPhotographs, noPhotographs, pictureClasses } from './support/pictures.mjs';

const PYTHON = '/usr/bin/python3';
const SNIPPET = new URL('../../web/src/export/snippets/head.py', import.meta.url);

const settings = { picturesPerSecond: 20, mirror: false };
const classes = pictureClasses();
const unseen = classes.flatMap(({ name, unseen: pictures }) => pictures.map((picture) => ({ name, picture })));
const unseenPictures = unseen.map(({ picture }) => picture);

// One session of a person after another; each step needs the one before.
// Generous, for machines that build or train something beside.
test.describe.configure({ mode: 'serial', timeout: 240_000 });

/** @type {import('@playwright/test').Page} */
let page;
/** @type {{ requests: string[], errors: string[] }} */
let watch;
/** @type {Buffer} */
let headFile;
/** @type {Record<string, number>[]} */
let answers;

test.beforeAll(async ({ browser }) => {
  page = await newDeskPage(browser);
  const context = page.context();
  watch = { requests: [], errors: [] };
  context.on('request', (request) => {
    if (!/^(blob|data):/.test(request.url())) {
      watch.requests.push(request.url());
    }
  });
  page.on('pageerror', (error) => watch.errors.push(String(error)));
  if (!hasPhotographs) {
    tell('pictures', `${noPhotographs}: drawn ones`);
  }
});

test.afterAll(async () => {
  await page?.context().close();
});

/** A measured figure, for whoever reads the test's output. @param {string} what @param {string} figure */
function tell(what, figure) {
  test.info().annotations.push({ type: what, description: figure });
  console.log(`      ${what}: ${figure}`);
}

/** @param {number} index */
const nameOf = (index) => classes[index].name;

test('two recorded classes are told apart within a second, before anything is trained', async ({ film }) => {
  await openPage(page, { ...settings, trainsByItself: false });
  // What is fetched for later comes behind the engine.
  await page.waitForFunction(() => document.documentElement.dataset.ready === 'yes');
  await page.waitForLoadState('networkidle');
  await expect
    .poll(async () => {
      const before = watch.requests.length;
      await page.waitForTimeout(1000);
      return watch.requests.length - before;
    })
    .toBe(0);
  watch.requests.length = 0;
  for (const index of [0, 1]) {
    const name = page.getByLabel(`Name of class ${index + 1}`, { exact: true });
    await name.fill(nameOf(index));
    await name.press('Enter');
  }
  await showToCamera(page, film, classes[0].film);
  await record(page, nameOf(0), 40);
  await expect(page.locator('.winner-name')).toHaveText('Show two things');
  await showToCamera(page, film, classes[1].film);
  const shareBefore = processorShare();
  const waited = page.evaluate(
    (name) =>
      new Promise((resolve) => {
        let since = 0;
        const look = () => {
          const { state } = window.headstart;
          const card = state.classes.find((each) => each.name === name);
          if (!since && card?.sampleIds.length) {
            since = performance.now();
          }
          if (since && state.live.ranked.length === 2) {
            resolve(performance.now() - since);
          } else {
            requestAnimationFrame(look);
          }
        };
        look();
      }),
    nameOf(1),
  );
  await record(page, nameOf(1), 40);
  const waitedMs = await waited;
  const share = Math.min(shareBefore, processorShare());
  tell('first answer', `${Math.round(waitedMs)} ms, with ${Math.round(100 * share)} % of a processor`);
  expect(waitedMs * share).toBeLessThan(1000);
  await expect(page.locator('.winner-name')).toHaveText(nameOf(1));
});

test('a normal recording session never makes the page stand still', async ({ film }) => {
  await page.getByRole('button', { name: 'Add a class' }).click();
  const name = page.getByLabel('Name of class 3', { exact: true });
  await name.fill(nameOf(2));
  await name.press('Enter');
  await showToCamera(page, film, classes[2].film);
  const longTasks = await longTasksDuring(page, () => record(page, nameOf(2), 40));
  expect(longTasks).toEqual([]);
});

test('training by itself gives a head that is right on unseen pictures', async () => {
  await page.getByRole('button', { name: 'Train', exact: true }).click();
  await untilTrained(page);
  const report = await page.evaluate(() => window.headstart.state.report);
  expect(report.measured).toBe(true);
  answers = await predictAll(page, unseenPictures);
  const right = answers.filter((answer, index) => winnerOf(answer) === unseen[index].name).length;
  const part = right / unseen.length;
  tell('unseen pictures', `${right} of ${unseen.length} right, measured by itself ${report.accuracy.toFixed(3)}`);
  expect(part).toBeGreaterThanOrEqual(0.9);
  for (const answer of answers) {
    const sum = Object.values(answer).reduce((total, value) => total + value, 0);
    expect(Math.abs(sum - 1)).toBeLessThan(1e-5);
  }
});

test('the page shows the answer to what the camera sees', async ({ film }) => {
  for (const index of [0, 2]) {
    await showToCamera(page, film, classes[index].film);
    await expect(page.locator('.winner-name')).toHaveText(nameOf(index));
  }
});

test('a thousand frames leave the memory as it was', async () => {
  const memory = () =>
    page.evaluate(async () => {
      const { wasmBytes, handleCount, sampleCount } = await window.headstart.trainer.stats();
      return { wasmBytes, handleCount, sampleCount };
    });
  const cdp = await page.context().newCDPSession(page);
  /** Of the page and of its workers together. */
  const heapBytes = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    return page.evaluate(async () => (await performance.measureUserAgentSpecificMemory()).bytes);
  };
  const predictFrames = (count) =>
    page.evaluate(async (frames) => {
      const video = document.querySelector('video');
      for (let frame = 0; frame < frames; frame += 1) {
        await window.headstart.trainer.predict(video);
      }
    }, count);
  await predictFrames(50);
  const [before, heapBefore] = [await memory(), await heapBytes()];
  await predictFrames(1000);
  expect(await memory()).toEqual(before);
  // A worker's own garbage, such as the last frame, may be thrown away a moment later; what a thousand left would stay.
  await expect
    .poll(async () => {
      const heapAfter = await heapBytes();
      tell('heap', `${heapBefore} bytes before, ${heapAfter} after`);
      return heapAfter - heapBefore;
    })
    .toBeLessThan(500_000);
});

test('no request left the page since it was loaded', async () => {
  expect(watch.requests).toEqual([]);
});

test('training goes on in a hidden tab', async () => {
  // What a hidden tab is to a page: nothing is painted, and timers come once a second at the most. (A browser without
  // a screen does not hide its tabs.)
  await page.evaluate(() => {
    const { setTimeout: later, requestAnimationFrame: paint } = window;
    Object.assign(window, { visible: { later, paint } });
    window.setTimeout = (react, ms = 0, ...more) => later(react, Math.max(1000, ms), ...more);
    window.requestAnimationFrame = () => 0;
    Object.defineProperty(document, 'hidden', { value: true, configurable: true });
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  const elapsedMs = await page.evaluate(async () => {
    const { trainer } = window.headstart;
    const started = performance.now();
    await trainer.train({ seed: 1 });
    return performance.now() - started;
  });
  await page.evaluate(() => {
    const { later, paint } = window.visible;
    Object.assign(window, { setTimeout: later, requestAnimationFrame: paint });
    Reflect.deleteProperty(document, 'hidden');
    Reflect.deleteProperty(document, 'visibilityState');
    document.dispatchEvent(new Event('visibilitychange'));
  });
  tell('training', `${Math.round(elapsedMs)} ms`);
  expect(elapsedMs).toBeLessThan(10_000);
  // The same pictures and seed: the same head as before.
  expect(largestDifference(answers, await predictAll(page, unseenPictures))).toBe(0);
});

test('the head leaves as a file and works the same after the page was loaded again', async () => {
  const saved = await saveHead(page);
  expect(saved.suggestedFilename()).toMatch(/\.safetensors$/);
  headFile = readFileSync(await saved.path());

  await openPage(page, settings);
  // All is back by itself; a new project has nothing of it.
  await page.waitForFunction(() => window.headstart.state.engine.head !== null);
  await startNewProject(page);
  expect(await page.evaluate(() => window.headstart.trainer.headInfo)).toBeNull();
  await page.getByLabel('Open pictures, a project or what was learnt').setInputFiles({
    name: 'head.safetensors',
    mimeType: 'application/octet-stream',
    buffer: headFile,
  });
  await page.waitForFunction(() => window.headstart.state.engine.head !== null);
  for (const { name } of classes) {
    await expect(cardOf(page, name)).toBeVisible();
  }
  const again = await predictAll(page, unseenPictures);
  expect(largestDifference(answers, again)).toBeLessThan(1e-5);
});

test('a damaged head file is refused in words, and the head stays', async () => {
  await page.getByLabel('Open pictures, a project or what was learnt').setInputFiles({
    name: 'head.safetensors',
    mimeType: 'application/octet-stream',
    buffer: headFile.subarray(0, headFile.length - 100),
  });
  await expect(page.locator('#notices')).toContainText(/cannot be used|expected/i);
  const again = await predictAll(page, unseenPictures.slice(0, 3));
  expect(largestDifference(answers.slice(0, 3), again)).toBeLessThan(1e-5);
});

test('Python with NumPy reads the head by the lines that the README shows and agrees', async () => {
  const hasNumPy = existsSync(PYTHON) && runs(PYTHON, ['-c', 'import numpy']);
  expect(hasNumPy, `this test wants NumPy for ${PYTHON} (Debian: apt-get install python3-numpy)`).toBe(true);
  const snippet = readFileSync(SNIPPET, 'utf8');

  const folder = mkdtempSync(join(tmpdir(), 'headstart-python-'));
  const embeddings = await embedAll(page, unseenPictures.slice(0, 5));
  writeFileSync(join(folder, 'head.safetensors'), headFile);
  writeFileSync(join(folder, 'embeddings.json'), JSON.stringify(embeddings));
  const driver = `${snippet}
embeddings = json.load(open("embeddings.json"))
head = read_head("head.safetensors")
print(json.dumps([predict(head, np.array(embedding)) for embedding in embeddings]))
`;
  writeFileSync(join(folder, 'driver.py'), driver);
  const printed = execFileSync(PYTHON, ['driver.py'], { cwd: folder, encoding: 'utf8' });
  expect(largestDifference(answers.slice(0, 5), JSON.parse(printed))).toBeLessThan(1e-5);
});

test('every build of the engine runs in the page and sees the same', async () => {
  const variants = ['simd', 'relaxed-simd', 'simd-threads', 'relaxed-simd-threads'];
  const embeddings = new Map();
  for (const variant of variants) {
    const answer = await page.request.get(`lib/wasm/${variant}.wasm`);
    if (!answer.ok()) {
      continue; // not every build is in every dist/: npm start serves with one first
    }
    await openPage(page, settings, `&variant=${variant}`);
    expect(await page.evaluate(() => window.headstart.trainer.variant)).toBe(variant);
    embeddings.set(variant, await embedAll(page, unseenPictures.slice(0, 3)));
  }
  tell('builds', [...embeddings.keys()].join(', '));
  const [first, ...others] = [...embeddings.values()].map((vectors) => vectors.flat());
  const largest = Math.max(...first.map(Math.abs));
  for (const other of others) {
    const difference = Math.max(...first.map((value, index) => Math.abs(value - other[index])));
    expect(difference / largest).toBeLessThan(1e-4);
  }
});

test('nothing went wrong in the page all the while', async () => {
  expect(watch.errors).toEqual([]);
  const foreign = watch.requests.filter((url) => !url.startsWith(String(process.env.HEADSTART_URL)));
  expect(foreign).toEqual([]);
});

/** @param {string} program @param {string[]} parameters */
function runs(program, parameters) {
  try {
    execFileSync(program, parameters, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
