// A plane for all pictures, through the library.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { drawPicture, HeadstartError, newTrainer, teach } from './support.mjs';

/** Of the pictures nearest on the map those of the own class. @param {import('../../web/src/engine/headstart.d.ts').PictureMap} map */
function toldApart({ pictures }) {
  const isOwn = pictures.map((from) => {
    const others = pictures.filter((each) => each !== from);
    const [nearest] = others.sort(
      (a, b) => Math.hypot(a.x - from.x, a.y - from.y) - Math.hypot(b.x - from.x, b.y - from.y),
    );
    return nearest.classId === from.classId;
  });
  return isOwn.filter(Boolean).length / pictures.length;
}

describe('a map of the pictures', () => {
  it('has each picture of the enabled classes once, those of a class together', async () => {
    const trainer = await newTrainer();
    const empty = await trainer.pictureMap();
    assert.deepEqual(empty.pictures, []);
    const classIds = await teach(trainer, 8);
    const map = await trainer.pictureMap();
    assert.equal(map.axes, 'discriminants');
    assert.deepEqual(
      map.pictures.map(({ sampleId }) => sampleId),
      classIds.flatMap((classId) => trainer.sampleIds(classId)).sort((a, b) => a - b),
    );
    for (const { sampleId, classId, x, y } of map.pictures) {
      assert.ok(trainer.sampleIds(classId).includes(sampleId));
      assert.ok(Number.isFinite(x) && Number.isFinite(y));
    }
    const meanSquare = map.pictures.reduce((sum, { x, y }) => sum + x * x + y * y, 0) / map.pictures.length;
    assert.ok(Math.abs(meanSquare - 1) < 1e-4, `${meanSquare}`);
    assert.ok(toldApart(map) > 0.85, `${toldApart(map)}`);
    assert.deepEqual(await trainer.pictureMap(), map, 'the same each time');

    for (const classId of classIds.slice(1)) {
      trainer.setClassEnabled(classId, false);
    }
    const alone = await trainer.pictureMap();
    assert.equal(alone.axes, 'principal');
    assert.equal(alone.pictures.length, 8);
    await trainer.dispose();
    await assert.rejects(trainer.pictureMap(), HeadstartError);
  });

  it('knows the twin of a picture', async () => {
    const trainer = await newTrainer();
    const [stripes] = await teach(trainer, 5);
    const again = await trainer.addSample(stripes, drawPicture(0, 3));
    const twin = (await trainer.pictureMap()).pictures.find(({ sampleId }) => sampleId === again)?.twinOf;
    assert.ok(
      twin !== null &&
        trainer
          .sampleIds(stripes)
          .slice(0, 5)
          .includes(/** @type {number} */ (twin)),
    );
    const first = trainer.sampleIds(stripes)[0];
    const firstOnMap = (await trainer.pictureMap()).pictures.find(({ sampleId }) => sampleId === first);
    assert.equal(firstOnMap?.twinOf, null, 'the first of its kind has none');
    await trainer.dispose();
  });
});
