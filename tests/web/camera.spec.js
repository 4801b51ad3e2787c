import { chromium } from '@playwright/test';
import { chromiumFlags, expect, test } from './support/fixtures.mjs';
import { pictureClasses } from './support/pictures.mjs';

/** Opens a camera in the bare page, shown in a video, with every event noted in `seen`. */
async function openCamera(page, choice = {}) {
  return page.evaluate(async (wanted) => {
    const { Camera } = await import('/modules/src/camera/camera.js');
    const camera = new Camera();
    const video = document.createElement('video');
    document.body.append(video);
    camera.attach(video);
    const seen = [];
    for (const name of ['camera-opened', 'camera-failed', 'camera-lost', 'devices-changed']) {
      camera.addEventListener(name, () => seen.push(name));
    }
    Object.assign(window, { camera, video, seen });
    await camera.open(wanted);
    return { state: camera.state, failure: camera.failure, seen };
  }, choice);
}

test('an opened camera plays in the attached video, muted and inline as iPhones want it', async ({ bare }) => {
  expect(await openCamera(bare)).toMatchObject({ state: 'open', failure: null });
  await expect.poll(() => bare.evaluate(() => window.video.currentTime)).toBeGreaterThan(0);
  const attributes = await bare.evaluate(() => window.video.getAttributeNames());
  expect(attributes).toEqual(expect.arrayContaining(['playsinline', 'muted', 'autoplay']));
  const devices = await bare.evaluate(() => window.camera.devices());
  expect(devices.length).toBeGreaterThan(0);
  expect(devices[0].label).not.toBe('');
});

test('closing switches the camera off', async ({ bare }) => {
  await openCamera(bare);
  const ended = await bare.evaluate(() => {
    const track = window.camera.stream.getVideoTracks()[0];
    window.camera.close();
    return { track: track.readyState, state: window.camera.state, shown: window.video.srcObject };
  });
  expect(ended).toEqual({ track: 'ended', state: 'closed', shown: null });
});

test('of two openings at once the later one counts, and no second light stays on', async ({ bare }) => {
  const outcome = await bare.evaluate(async () => {
    const { Camera } = await import('/modules/src/camera/camera.js');
    const streams = [];
    const devices = {
      addEventListener() {},
      enumerateDevices: async () => [],
      async getUserMedia(wanted) {
        const stream = await navigator.mediaDevices.getUserMedia(wanted);
        streams.push(stream);
        await new Promise((resolve) => setTimeout(resolve, streams.length === 1 ? 300 : 0));
        return stream;
      },
    };
    const camera = new Camera(devices);
    const opened = await Promise.all([camera.open(), camera.open()]);
    return {
      opened,
      current: streams.indexOf(camera.stream),
      live: streams.map((stream) => stream.getVideoTracks()[0].readyState),
    };
  });
  expect(outcome.opened).toEqual([false, true]);
  expect(outcome.live.filter((state) => state === 'live')).toHaveLength(1);
  expect(outcome.live[outcome.current]).toBe('live');
});

test('a camera that goes away is announced, and taken up again when it comes back', async ({ bare }) => {
  await openCamera(bare);
  await bare.evaluate(() => {
    // What the browser does when the plug is pulled.
    const track = window.camera.stream.getVideoTracks()[0];
    track.stop();
    track.dispatchEvent(new Event('ended'));
  });
  const lost = await bare.evaluate(() => ({
    ...window.camera.failure,
    state: window.camera.state,
  }));
  expect(lost).toMatchObject({ state: 'lost', reason: 'unplugged' });
  await bare.evaluate(() => navigator.mediaDevices.dispatchEvent(new Event('devicechange')));
  await expect.poll(() => bare.evaluate(() => window.camera.state)).toBe('open');
  const seen = await bare.evaluate(() => window.seen);
  expect(seen.filter((name) => name === 'camera-opened')).toHaveLength(2);
  expect(seen).toContain('camera-lost');
  const before = await bare.evaluate(() => window.video.currentTime);
  await expect.poll(() => bare.evaluate(() => window.video.currentTime)).not.toBe(before);
});

test('a camera that falls silent, as a call makes it, is announced and goes on when the picture does', async ({
  bare,
}) => {
  await openCamera(bare);
  const setMuted = (muted) =>
    bare.evaluate((value) => {
      const track = window.camera.stream.getVideoTracks()[0];
      Object.defineProperty(track, 'muted', { value, configurable: true });
      track.dispatchEvent(new Event(value ? 'mute' : 'unmute'));
    }, muted);
  await setMuted(true);
  await expect.poll(() => bare.evaluate(() => window.camera.state)).toBe('lost');
  expect(await bare.evaluate(() => window.camera.failure.reason)).toBe('busy');
  await setMuted(false);
  expect(await bare.evaluate(() => window.camera.state)).toBe('open');
  // A stutter is not worth a word.
  await setMuted(true);
  await setMuted(false);
  await bare.waitForTimeout(1300);
  expect(await bare.evaluate(() => window.seen.filter((name) => name === 'camera-lost'))).toHaveLength(1);
});

test('of two cameras the chosen one is opened, not the first', async ({ launchOptions }) => {
  const flags = ['--use-fake-device-for-media-stream=device-count=2', '--use-fake-ui-for-media-stream'];
  await inBrowser({ launchOptions, flags }, async (page) => {
    await openCamera(page);
    const devices = await page.evaluate(() => window.camera.devices());
    expect(devices).toHaveLength(2);
    for (const { deviceId } of [...devices].reverse()) {
      await page.evaluate((wanted) => window.camera.open({ deviceId: wanted }), deviceId);
      expect(await page.evaluate(() => window.camera.settings.deviceId)).toBe(deviceId);
    }
  });
});

test('a chosen camera that is not there is missing; no other one takes its place', async ({ bare }) => {
  const outcome = await openCamera(bare, { deviceId: 'no-such-camera' });
  expect(outcome).toMatchObject({ state: 'failed', failure: { reason: 'missing' } });
});

test('a wish for the back camera opens the only one of a laptop', async ({ bare }) => {
  expect((await openCamera(bare, { facing: 'environment' })).state).toBe('open');
});

test('each failure of a browser has its reason', async ({ bare }) => {
  const reasons = await bare.evaluate(async () => {
    const { failureOf } = await import('/modules/src/camera/failures.js');
    const names = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'AbortError', 'Odd'];
    return names.map((name) => failureOf(new DOMException('words', name)).reason);
  });
  expect(reasons).toEqual(['denied', 'missing', 'busy', 'busy', 'unknown']);
});

test('a page without HTTPS says so instead of blaming the camera', async ({ bare }) => {
  const failure = await bare.evaluate(async () => {
    const { Camera } = await import('/modules/src/camera/camera.js');
    Object.defineProperty(window, 'isSecureContext', { value: false });
    Object.defineProperty(navigator, 'mediaDevices', { value: undefined });
    const camera = new Camera();
    await camera.open();
    return camera.failure;
  });
  expect(failure.reason).toBe('insecure');
});

/** A browser of its own: whether there is a camera, and whether it may be used, is decided at the start. */
async function inBrowser({ launchOptions, flags }, use) {
  const browser = await chromium.launch({ ...launchOptions, args: chromiumFlags(flags) });
  try {
    const context = await browser.newContext({ baseURL: process.env.HEADSTART_URL });
    const page = await context.newPage();
    await page.goto('/modules/');
    await use(page, context);
  } finally {
    await browser.close();
  }
}

test('a machine without a camera fails as missing', async ({ launchOptions }) => {
  await inBrowser({ launchOptions, flags: ['--use-fake-ui-for-media-stream'] }, async (page) => {
    const outcome = await openCamera(page);
    expect(outcome).toMatchObject({ state: 'failed', failure: { reason: 'missing' } });
    expect(outcome.seen).toContain('camera-failed');
  });
});

test('a refused camera fails as denied, and opens by itself once it is allowed', async ({ launchOptions, film }) => {
  const flags = [
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-video-capture=${film.path}`,
    '--deny-permission-prompts',
  ];
  await inBrowser({ launchOptions, flags }, async (page, context) => {
    const outcome = await openCamera(page);
    expect(outcome).toMatchObject({ state: 'failed', failure: { reason: 'denied' } });
    await context.grantPermissions(['camera'], { origin: process.env.HEADSTART_URL });
    await expect.poll(() => page.evaluate(() => window.camera.state)).toBe('open');
  });
});

test('another film is shown after the camera was opened again', async ({ bare, film }) => {
  const [first, second] = pictureClasses();
  const middle = () =>
    bare.evaluate(() => {
      const canvas = new OffscreenCanvas(32, 32);
      const context = canvas.getContext('2d');
      context.drawImage(window.video, 0, 0, 32, 32);
      return [...context.getImageData(0, 0, 32, 32).data];
    });
  /** Every frame of a film within two seconds, as text, to compare films by. */
  const frames = async () => {
    const found = new Set();
    for (let count = 0; count < 20; count += 1) {
      found.add((await middle()).join());
      await bare.waitForTimeout(50);
    }
    return found;
  };
  film.replace(first.film);
  await openCamera(bare);
  await expect.poll(() => bare.evaluate(() => window.video.currentTime)).toBeGreaterThan(0);
  const firstFrames = await frames();
  film.replace(second.film);
  await bare.evaluate(() => window.camera.open());
  await expect.poll(() => bare.evaluate(() => window.video.currentTime)).toBeGreaterThan(0);
  const secondFrames = await frames();
  expect(firstFrames.size).toBeGreaterThan(2);
  expect([...secondFrames].filter((frame) => firstFrames.has(frame))).toHaveLength(0);
  film.replace(first.film);
});

test('the frame loop has one frame in flight and goes on with the newest', async ({ bare }) => {
  await openCamera(bare);
  const outcome = await bare.evaluate(async () => {
    const { startFrameLoop } = await import('/modules/src/camera/frame-loop.js');
    let inFlight = 0;
    const seen = { most: 0, processed: 0, failures: 0, rates: [], whilePaused: 0, afterStop: 0 };
    const loop = startFrameLoop({
      video: window.video,
      process: async () => {
        inFlight += 1;
        seen.most = Math.max(seen.most, inFlight);
        await new Promise((resolve) => setTimeout(resolve, 120));
        inFlight -= 1;
        seen.processed += 1;
        if (seen.processed === 3) {
          throw new Error('a bad frame');
        }
      },
      onRate: (rate) => seen.rates.push(rate),
      onError: () => {
        seen.failures += 1;
      },
    });
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
    await wait(3500);
    loop.pause();
    await wait(200);
    const paused = seen.processed;
    await wait(500);
    seen.whilePaused = seen.processed - paused;
    loop.resume();
    await wait(1000);
    seen.afterResume = seen.processed - paused;
    loop.stop();
    await wait(200);
    const stopped = seen.processed;
    await wait(500);
    seen.afterStop = seen.processed - stopped;
    return seen;
  });
  expect(outcome.most).toBe(1);
  expect(outcome.failures).toBe(1);
  expect(outcome.processed).toBeGreaterThan(5);
  expect(outcome.afterResume).toBeGreaterThan(0);
  expect([outcome.whilePaused, outcome.afterStop]).toEqual([0, 0]);
  expect(outcome.rates.length).toBeGreaterThan(0);
  expect(outcome.rates.every(({ msPerFrame }) => msPerFrame === 0 || msPerFrame >= 110)).toBe(true);
});

/** Runs a recorder in the page whose pictures take `tookMs`, and lets `use` press its buttons. */
function withRecorder(page, { tookMs, picturesPerSecond, failAt = 0 }, use) {
  return page.evaluate(
    async ([options, body]) => {
      const { createRecorder } = await import('/modules/src/camera/recorder.js');
      const seen = { inFlight: 0, most: 0, taken: 0, errors: 0 };
      const recorder = createRecorder({
        picturesPerSecond: options.picturesPerSecond,
        takePicture: async () => {
          seen.inFlight += 1;
          seen.most = Math.max(seen.most, seen.inFlight);
          await new Promise((resolve) => setTimeout(resolve, options.tookMs));
          seen.inFlight -= 1;
          seen.taken += 1;
          if (seen.taken === options.failAt) {
            throw new Error('full');
          }
        },
        onError: () => {
          seen.errors += 1;
        },
      });
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      const outcome = await new Function('recorder', 'wait', `return (${body})(recorder, wait)`)(recorder, wait);
      return { ...seen, outcome };
    },
    /** @type {const} */ ([{ tookMs, picturesPerSecond, failAt }, use.toString()]),
  );
}

test('a slow machine drops pictures while a button is held, and loses none that it took', async ({ bare }) => {
  const slow = { tookMs: 300, picturesPerSecond: 20 };
  const { most, taken, outcome, inFlight } = await withRecorder(bare, slow, async (recorder, wait) => {
    recorder.start();
    await wait(1500);
    return recorder.stop();
  });
  expect(most).toBe(2);
  expect(inFlight).toBe(0);
  expect(outcome.taken).toBe(taken);
  expect(outcome.dropped).toBeGreaterThan(5);
});

test('a held button takes a picture at once, and about as many as chosen', async ({ bare }) => {
  const quick = { tookMs: 5, picturesPerSecond: 10 };
  const { outcome } = await withRecorder(bare, quick, async (recorder, wait) => {
    recorder.start();
    await wait(1000);
    const { taken } = await recorder.stop();
    recorder.start();
    const { taken: tap } = await recorder.stop();
    return { taken, tap };
  });
  expect(outcome.taken).toBeGreaterThanOrEqual(6);
  expect(outcome.taken).toBeLessThanOrEqual(11);
  expect(outcome.tap).toBe(1);
});

test('a burst counts down and takes exactly the number it promised, however slow', async ({ bare }) => {
  const slow = { tookMs: 150, picturesPerSecond: 50 };
  const { most, outcome } = await withRecorder(bare, slow, async (recorder, wait) => {
    const countdown = [];
    const options = { count: 7, countdownSeconds: 1, onCountdown: (left) => countdown.push(left) };
    const whole = await recorder.burst(options);
    const stop = new AbortController();
    const stopping = recorder.burst({ count: 50, countdownSeconds: 0, signal: stop.signal });
    await wait(400);
    stop.abort();
    return { whole, countdown, stopped: await stopping };
  });
  expect(outcome.whole).toEqual({ taken: 7, cancelled: false });
  expect(outcome.countdown).toEqual([1, 0]);
  expect(outcome.stopped.cancelled).toBe(true);
  expect(outcome.stopped.taken).toBeLessThan(50);
  expect(most).toBe(2);
});

test('a picture that fails ends the recording and is told once', async ({ bare }) => {
  const failing = { tookMs: 5, picturesPerSecond: 20, failAt: 3 };
  const { errors, taken, outcome } = await withRecorder(bare, failing, async (recorder, wait) => {
    recorder.start();
    await wait(800);
    return recorder.recording;
  });
  expect({ errors, taken, outcome }).toEqual({ errors: 1, taken: 3, outcome: false });
});
