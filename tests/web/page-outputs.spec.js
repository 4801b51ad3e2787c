// An answer that does something: it speaks, sounds, fills the big screen, and reaches other pages and a board.

import { expectNoSeriousFindings } from './support/axe.mjs';
import { expect, test } from './support/fixtures.mjs';
import { linesOf, listen } from './support/listen.mjs';
import { openPage, pictureCount, showToCamera, switchCameraAnew, teachTwo, untilTrained } from './support/page.mjs';
import { pictureClasses } from './support/pictures.mjs';

const SETTINGS = { burstCount: 10, countdownSeconds: 0, threshold: 0.5, knownThreshold: 0 };

test('three presses from a trained page to a class that speaks, sounds and shows', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  await listen(page);
  await openPage(page, SETTINGS);
  await teachTwo(page, film);

  await page.getByRole('button', { name: /^Use it make/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Make it do something' });
  await expect(dialog).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Words to say for Class 1' }).fill('Hello fist');
  await dialog.getByRole('combobox', { name: 'Sound for Class 1' }).selectOption('chime');
  await dialog.getByRole('combobox', { name: 'What to show for Class 1' }).fill('✊');
  await dialog.getByRole('textbox', { name: 'Words to say for Class 2' }).fill('Hello hand');
  await dialog.getByRole('textbox', { name: 'Words to say for Class 2' }).blur();
  await expectNoSeriousFindings(page, 'outputs');
  await dialog.getByRole('button', { name: 'A board on a cable (USB)' }).click();
  await dialog.getByRole('button', { name: 'Other pages in this browser' }).click();
  await page.evaluate(() => {
    const { heard } = /** @type {any} */ (window);
    heard.messages = [];
    new BroadcastChannel('headstart').onmessage = ({ data }) => heard.messages.push(data);
  });
  await dialog.getByRole('button', { name: 'Close' }).click();

  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard);
  await showToCamera(page, film, pictureClasses()[0].film);
  await expect.poll(async () => (await heard()).words).toContain('en: Hello fist');
  expect((await heard()).sounds).toBeGreaterThan(0);
  await expect.poll(async () => (await linesOf(page)).at(-1)).toMatch(/^Class 1,[01]\.\d\d$/);
  await expect
    .poll(async () => (await heard()).messages.at(-1))
    .toMatchObject({ type: 'headstart-answer', version: 1, label: 'Class 1', known: true });

  // The voice is that of the page's language.
  await page.evaluate(() => window.headstart.settings.set('language', 'de'));
  await page.evaluate(() => window.headstart.openDialog('outputs'));
  await page
    .locator('.output-class')
    .first()
    .getByRole('button', { name: /^Ausprobieren/ })
    .click();
  await expect.poll(async () => (await heard()).words.at(-1)).toBe('de: Hello fist');
  await page.evaluate(() => window.headstart.settings.set('language', 'en'));
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  await page.keyboard.press('Escape');

  await page.getByRole('button', { name: /^Use it make/ }).click();
  await dialog.getByRole('button', { name: 'Show it on the big screen' }).click();
  const screen = page.getByRole('dialog', { name: 'Show it on the big screen' });
  await expect(screen.locator('.big-screen-shown')).toHaveText('✊');
  await expect(screen.locator('.big-screen-name')).toContainText('Class 1');
  const camera = await screen.locator('.big-screen-video').boundingBox();
  expect(camera?.width, 'all of the square that it looks at').toBeCloseTo(camera?.height ?? 0, 0);
  const letters = await screen
    .locator('.big-screen-shown')
    .evaluate((element) => Number.parseFloat(getComputedStyle(element).fontSize));
  expect(letters, 'the last row of a room reads it').toBeGreaterThan(200);
  await expectNoSeriousFindings(page, 'outputs');
  await page.screenshot({ path: test.info().outputPath('big-screen.png') });
  await screen.getByRole('button', { name: 'Close' }).click();
  await expect(screen).toBeHidden();

  // A picture takes the emoji's place, and gives it back.
  await page.getByRole('button', { name: /^Use it make/ }).click();
  await dialog
    .getByLabel('A picture to show for Class 1')
    .setInputFiles({ name: 'fist.jpg', mimeType: 'image/jpeg', buffer: pictureClasses()[0].unseen[0] });
  await dialog.getByRole('button', { name: 'Show it on the big screen' }).click();
  await expect(screen.locator('.big-screen-picture')).toBeVisible();
  expect(await screen.locator('img').evaluate((image) => /** @type {any} */ (image).naturalWidth)).toBeGreaterThan(10);
  await expect(screen.locator('.big-screen-shown')).toHaveCount(0);
  await screen.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('button', { name: /^Use it make/ }).click();
  await dialog.getByRole('button', { name: 'No picture for Class 1 any more' }).click();
  await expect(dialog.getByLabel('A picture to show for Class 1')).toBeAttached();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');

  await page.keyboard.press('Control+z');
  await page.getByRole('button', { name: /^Use it make/ }).click();
  await expect(dialog.getByRole('textbox', { name: 'Words to say for Class 2' })).toHaveValue('');
  expect(watch.errors).toEqual([]);
});

for (const viewport of [
  { width: 640, height: 480 },
  { width: 1280, height: 720 },
]) {
  test(`${viewport.width} by ${viewport.height}: three presses to an answer, three more to a class that speaks`, async ({
    page,
    film,
  }) => {
    test.setTimeout(180_000);
    await page.setViewportSize(viewport);
    await listen(page);
    await page.addInitScript(() => {
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      let isAllowed = false;
      navigator.permissions.query = async () => Object.assign(new EventTarget(), { state: 'prompt', name: 'camera' });
      navigator.mediaDevices.getUserMedia = (wanted) => (isAllowed ? ask(wanted) : new Promise(() => {}));
      const presses = { count: 0 };
      Object.assign(window, { presses });
      addEventListener(
        'pointerdown',
        () => {
          isAllowed = true; // the browser's own question is answered with yes
          presses.count += 1;
        },
        true,
      );
    });
    const presses = () => page.evaluate(() => /** @type {any} */ (window).presses.count);
    // The three steps, each as it lights up.
    await page.addInitScript(() => {
      const lit = /** @type {string[]} */ ([]);
      Object.assign(window, { lit });
      new MutationObserver(() => {
        const now = document.querySelector('#welcome [aria-current="step"]')?.textContent?.trim() ?? '';
        if (now && now !== lit.at(-1)) {
          lit.push(now);
        }
      }).observe(document, { subtree: true, childList: true, attributes: true });
    });
    film.replace(pictureClasses()[0].film);
    await page.goto('/?debug');
    await page.waitForFunction(() => window.headstart?.state.engine.phase === 'ready');
    await page.locator('.viewfinder .button-strong').click();
    await expect(page.locator('video.viewfinder-video')).toBeVisible();
    for (const name of ['Class 1', 'Class 2']) {
      const next = page.locator('.hold.is-next');
      await expect(next).toHaveCount(1);
      await next.scrollIntoViewIfNeeded();
      await next.hover();
      await page.mouse.down();
      await expect.poll(() => pictureCount(page, name), { timeout: 60_000, intervals: [100] }).toBeGreaterThan(5);
      await page.mouse.up();
      // The film is another one by the time the second button is held; that it is, costs nobody a press.
      film.replace(pictureClasses()[1].film);
    }
    await untilTrained(page);
    await expect(page.locator('.bar-part').first()).toContainText('%');
    expect(await presses()).toBeLessThanOrEqual(3);
    const lit = await page.evaluate(() => /** @type {any} */ (window).lit.map((/** @type {string} */ step) => step[0]));
    expect(lit.join(''), 'the steps light up one after the other').toMatch(/^123?$/);

    const before = await presses();
    await page.getByRole('button', { name: /^Use it make/ }).click();
    const dialog = page.getByRole('dialog', { name: 'Make it do something' });
    await dialog.getByRole('button', { name: 'Say the names aloud' }).click();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.evaluate(() => window.headstart.settings.set('threshold', 0));
    await page.evaluate(() => window.headstart.settings.set('knownThreshold', 0));
    await expect
      .poll(() => page.evaluate(() => /** @type {any} */ (window).heard.words), { timeout: 20_000 })
      .toContainEqual(expect.stringMatching(/^en: Class [12]$/));
    expect((await presses()) - before).toBeLessThanOrEqual(3);
  });
}

test('a page that shows this one in a frame gets each answer, and the example sketch reads it', async ({
  page,
  film,
}) => {
  test.setTimeout(180_000);
  await page.addInitScript(() =>
    localStorage.setItem(
      'headstart.settings',
      JSON.stringify({ threshold: 0, knownThreshold: 0, burstCount: 10, countdownSeconds: 0 }),
    ),
  );
  film.replace(pictureClasses()[0].film);
  await page.goto('/modules/');
  await page.evaluate(() => {
    // p5 itself is not here: what the sketch calls of it writes down what is drawn.
    const drawn = /** @type {string[]} */ ([]);
    const messages = /** @type {unknown[]} */ ([]);
    const nothing = () => {};
    Object.assign(window, { drawn, messages, CENTER: 'center', width: 400, height: 300 });
    for (const name of ['createCanvas', 'background', 'textSize', 'textAlign', 'fill', 'noStroke', 'rect']) {
      Object.assign(window, { [name]: nothing });
    }
    Object.assign(window, { text: (/** @type {unknown} */ words) => drawn.push(String(words)) });
    addEventListener('message', ({ data }) => messages.push(data));
    const frame = document.createElement('iframe');
    Object.assign(frame, { src: '/?debug', allow: 'camera', width: 1280, height: 720 });
    document.body.append(frame);
  });
  const frame = page.frameLocator('iframe');
  const inside = () => page.frames()[1];
  for (const [index, name] of ['Class 1', 'Class 2'].entries()) {
    await showInFrame(frame, film, pictureClasses()[index].film);
    await frame
      .getByRole('article', { name, exact: true })
      .getByRole('button', { name: /^Hands free/ })
      .click();
    await expect.poll(() => pictureCount(/** @type {any} */ (inside()), name), { timeout: 30_000 }).toBe(10);
    await inside().waitForFunction(() => window.headstart.state.recording === null);
  }
  await frame.getByRole('button', { name: /^Use it make/ }).click({ timeout: 60_000 });
  const dialog = frame.getByRole('dialog', { name: 'Make it do something' });
  await dialog.getByText('A program that listens').click();
  const sketch = await dialog.locator('#listening-program').textContent();
  await page.evaluate((program) => {
    const script = document.createElement('script');
    script.textContent = `{${program}\nwindow.setup = setup; window.draw = draw;}`;
    document.head.append(script);
    /** @type {any} */ (window).setup();
  }, sketch);
  const messages = () => page.evaluate(() => /** @type {any} */ (window).messages);
  expect(await messages(), 'nothing leaves before the switch is pressed').toEqual([]);
  await dialog.getByRole('button', { name: 'Other pages in this browser' }).click();
  await expect.poll(async () => (await messages()).length, { timeout: 30_000 }).toBeGreaterThan(2);
  const answer = (await messages()).at(-1);
  expect(Object.keys(answer).sort()).toEqual(['known', 'label', 'probability', 'ranked', 'type', 'version']);
  expect(answer).toMatchObject({ type: 'headstart-answer', version: 1, known: true });
  expect(answer.ranked.map((/** @type {any} */ { label }) => label).sort()).toEqual(['Class 1', 'Class 2']);
  await expect.poll(async () => (await messages()).at(-1).label).toBe('Class 2');
  await page.evaluate(() => /** @type {any} */ (window).draw());
  const drawn = await page.evaluate(() => /** @type {any} */ (window).drawn);
  expect(drawn.at(-2)).toBe('Class 2');
  expect(drawn.at(-1)).toMatch(/^\d+ %$/);
});

test('a sound from a file, one that was recorded, and a MIDI note for each class', async ({ page, film, watch }) => {
  test.setTimeout(180_000);
  await page.addInitScript(() => {
    const heard = { own: /** @type {number[]} */ ([]), midi: /** @type {number[][]} */ ([]) };
    Object.assign(window, { heard });
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (...when) {
      heard.own.push(this.buffer?.duration ?? 0);
      return start.apply(this, when);
    };
    const output = { send: (/** @type {number[]} */ data) => heard.midi.push([...data]) };
    navigator.requestMIDIAccess = async () => /** @type {any} */ ({ outputs: new Map([['one', output]]) });
  });
  const heard = () => page.evaluate(() => /** @type {any} */ (window).heard);
  await openPage(page, { ...SETTINGS, depth: 'plain' });
  await teachTwo(page, film);
  await page.getByRole('button', { name: /^Use it make/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Make it do something' });
  const [first, second] = [dialog.locator('.output-class').first(), dialog.locator('.output-class').nth(1)];
  await first
    .getByLabel('Take a sound from a file')
    .setInputFiles({ name: 'beep.wav', mimeType: 'audio/wav', buffer: wave(0.25) });
  await expect(first.getByRole('combobox', { name: 'Sound for Class 1' })).toHaveValue('own');
  await first.getByRole('button', { name: 'Try what Class 1 does' }).click();
  await expect.poll(async () => (await heard()).own.at(-1)).toBeCloseTo(0.25, 2);

  await second.getByRole('button', { name: 'Record a sound' }).click();
  await expect(second.getByRole('button', { name: 'Stop' })).toBeVisible();
  await page.waitForTimeout(600);
  await second.getByRole('button', { name: 'Stop' }).click();
  await expect(second.getByRole('combobox', { name: 'Sound for Class 2' })).toHaveValue('own');
  const count = (await heard()).own.length;
  await second.getByRole('button', { name: 'Try what Class 2 does' }).click();
  await expect.poll(async () => (await heard()).own.length).toBeGreaterThan(count);

  // What classes do is part of the project: it is there again after a reload, sounds and pictures too.
  await dialog.getByRole('textbox', { name: 'Words to say for Class 2' }).fill('Well kept');
  await dialog.getByRole('textbox', { name: 'Words to say for Class 2' }).blur();
  await dialog
    .getByLabel('A picture to show for Class 2')
    .setInputFiles({ name: 'hand.jpg', mimeType: 'image/jpeg', buffer: pictureClasses()[1].unseen[0] });
  await expect(dialog.getByRole('button', { name: 'No picture for Class 2 any more' })).toBeVisible();
  await page.waitForTimeout(1000); // on the way to the disk
  await page.reload();
  await page.waitForFunction(
    () => window.headstart?.state.project.phase === 'open' && window.headstart.state.engine.head,
  );
  await page.getByRole('button', { name: /^Use it make/ }).click();
  await expect(dialog.getByRole('textbox', { name: 'Words to say for Class 2' })).toHaveValue('Well kept');
  await expect(dialog.getByRole('button', { name: 'No picture for Class 2 any more' })).toBeVisible();
  await first.getByRole('button', { name: 'Try what Class 1 does' }).click();
  await expect.poll(async () => (await heard()).own.at(-1)).toBeCloseTo(0.25, 2);

  await dialog.getByRole('button', { name: 'A music keyboard' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await showToCamera(page, film, pictureClasses()[0].film);
  await expect
    .poll(async () => (await heard()).midi.filter(([status, note]) => status === 0x90 && note === 60).length)
    .toBeGreaterThan(0);
  await showToCamera(page, film, pictureClasses()[1].film);
  await expect
    .poll(async () => (await heard()).midi.filter(([status, note]) => status === 0x80 && note === 60).length)
    .toBeGreaterThan(0);
  expect(watch.errors).toEqual([]);
});

/** As `showToCamera`, for a page in a frame. @param {import('@playwright/test').FrameLocator} frame @param {any} film @param {Buffer} content */
async function showInFrame(frame, film, content) {
  film.replace(content);
  await switchCameraAnew(frame);
  await expect
    .poll(() =>
      frame.locator('video.viewfinder-video').evaluate((video) => {
        const { videoWidth, videoHeight, currentTime } = /** @type {HTMLVideoElement} */ (video);
        return currentTime > 0.1 && [videoWidth, videoHeight].join(' × ');
      }),
    )
    .toBe('640 × 480');
}

/** A tone as a WAV file. @param {number} seconds */
function wave(seconds) {
  const rate = 8000;
  const count = Math.round(rate * seconds);
  const file = Buffer.alloc(44 + 2 * count);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * count, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(2 * count, 40);
  for (let index = 0; index < count; index += 1) {
    file.writeInt16LE(Math.round(12_000 * Math.sin((2 * Math.PI * 440 * index) / rate)), 44 + 2 * index);
  }
  return file;
}
