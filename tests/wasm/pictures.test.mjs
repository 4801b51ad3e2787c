// A picture means the same by every way in: what is transparent shows on white, and a crop lies inside.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { PNG } from 'pngjs';
import { drawPicture, newTrainer, shared } from './support.mjs';

/**
 * A disc of a picture, transparent around it; `hidden` is the colour that lies under what is transparent.
 * @param {number} hidden 0 to 255
 * @param {number} alpha of the outside
 */
function disc(hidden, alpha) {
  const picture = drawPicture(1, 3, 640, 480);
  for (let at = 0; at < picture.data.length; at += 4) {
    const [x, y] = [(at / 4) % 640, Math.floor(at / 4 / 640)];
    if (Math.hypot(x - 320, y - 240) < 150) {
      continue;
    }
    picture.data.fill(hidden, at, at + 3);
    picture.data[at + 3] = alpha;
  }
  return picture;
}

describe('what is transparent', () => {
  /** @type {import('../../web/src/engine/headstart.d.ts').Trainer} */
  let trainer;
  before(async () => {
    trainer = await newTrainer();
  });
  after(() => trainer.dispose());

  it('shows on white, whatever colour is hidden under it', async () => {
    const onWhite = await trainer.embed(disc(255, 255));
    assert.deepEqual(await trainer.embed(disc(0, 0)), onWhite);
    assert.deepEqual(await trainer.embed(disc(170, 0)), onWhite);
    assert.notDeepEqual(await trainer.embed(disc(0, 255)), onWhite);
  });

  it('shows on white in a view with a stride and in a sample, and the picture that was given stays as it is', async () => {
    const { data, width, height } = disc(0, 0);
    const before = data.slice();
    const stride = width * 4 + 64;
    const wide = new Uint8Array(stride * height).fill(7);
    for (let y = 0; y < height; y++) {
      wide.set(data.subarray(y * width * 4, (y + 1) * width * 4), y * stride);
    }
    const onWhite = await trainer.embed(disc(255, 255));
    assert.deepEqual(await trainer.embed({ data: wide, width, height, stride }), onWhite);
    const id = trainer.addClass('a');
    const [first, second] = [
      await trainer.addSample(id, { data, width, height }),
      await trainer.addSample(id, disc(255, 255)),
    ];
    assert.deepEqual(await trainer.sampleEmbedding(first), await trainer.sampleEmbedding(second));
    assert.deepEqual(data, before);
  });

  it('halfway is mixed with white', async () => {
    const half = drawPicture(0, 1, 640, 480);
    for (let at = 0; at < half.data.length; at += 4) {
      half.data.set([0, 0, 0, 128], at);
    }
    const grey = drawPicture(0, 1, 640, 480);
    for (let at = 0; at < grey.data.length; at += 4) {
      grey.data.set([127, 127, 127, 255], at);
    }
    assert.deepEqual(await trainer.embed(half), await trainer.embed(grey));
  });

  const folder = join(shared, 'cases/pictures');
  it('is the same in the three files that store one picture in three ways', {
    skip: existsSync(folder) ? false : 'no such files here; the tests above make their own',
  }, async () => {
    const [onWhite, ...hidden] = await Promise.all(
      ['on_white.png', 'hidden_black.png', 'hidden_colour.png'].map((name) => {
        const { data, width, height } = PNG.sync.read(readFileSync(join(folder, name)));
        return trainer.embed({ data, width, height });
      }),
    );
    const cosine = (/** @type {Float32Array} */ a, /** @type {Float32Array} */ b) =>
      a.reduce((sum, value, i) => sum + value * b[i], 0) / Math.hypot(...a) / Math.hypot(...b);
    for (const embedding of hidden) {
      assert.ok(cosine(embedding, onWhite) > 0.999, `${cosine(embedding, onWhite)}`);
    }
  });

  it('a crop outside the picture is refused, also where 32 bits would wrap', async () => {
    const picture = drawPicture(0, 0, 640, 480);
    for (const crop of [
      { left: 541, top: 0, width: 100, height: 100 },
      { left: 0, top: 480, width: 1, height: 1 },
      { left: 2 ** 32, top: 0, width: 100, height: 100 },
      { left: 0, top: 0, width: 2 ** 32 + 100, height: 100 },
    ]) {
      await assert.rejects(trainer.embed(picture, { crop }), { code: 'bad-argument', message: /640 × 480/ });
    }
    assert.equal(
      (await trainer.embed(picture, { crop: { left: 540, top: 380, width: 100, height: 100 } })).length,
      trainer.backbone.embeddingDim,
    );
  });
});
