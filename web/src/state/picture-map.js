// All pictures on one map: where each lies, which may be in the wrong class, which show what another shows.

import { startDecoder } from '../intake/decoder.js';
import { MAP_TEXTS } from '../texts/map/index.js';

/** @typedef {Awaited<ReturnType<typeof createPictureMap>>} PictureMapState */
/** @typedef {{ sampleId: number, card: import('./types.js').ClassCard, slot: number, x: number, y: number, isDoubtful: boolean, isTwin: boolean, takenFor: number | null }} MapPoint */

const FEWEST = 3;
/** Small pictures lie side by side on one canvas: a canvas each would cost more than what is on it. */
const THUMB_PX = 88;
const THUMBS_ACROSS = 24;
const MOST_DECODING = 6;

/**
 * @param {import('./types.js').Context} context
 * @param {{ samples: import('./samples.js').Samples }} parts
 */
export async function createPictureMap({ state, changed, watch, engine, notices, texts }, { samples }) {
  await texts.bring(MAP_TEXTS);
  const thumbs = createThumbs(samples, () => changed('map-painted'));
  /** Where they lie, by sample. @type {Map<number, { x: number, y: number, twinOf: number | null }>} */
  let places = new Map();
  let axes = /** @type {import('../engine/headstart.js').PictureMap['axes']} */ ('principal');
  /** @type {MapPoint[]} */
  let points = [];
  /** @type {Set<number>} */
  let chosen = new Set();
  let isAsking = false;
  let isStale = true;

  const isOpen = () => state.dialog === 'map';
  const mapped = () => state.classes.filter(({ enabled, id }) => enabled && id !== null);
  const countNow = () => mapped().reduce((sum, { sampleIds }) => sum + sampleIds.length, 0);

  /** What the head took for something else when it had not seen it, by sample: the class. */
  function doubts() {
    const wrong = (state.report?.heldOut ?? []).filter(({ classId, predictedClassId }) => classId !== predictedClassId);
    return new Map(wrong.map((each) => [each.sampleId, each]));
  }

  function arrange() {
    const wrong = doubts();
    points = mapped().flatMap((card) =>
      card.sampleIds.flatMap((sampleId) => {
        const place = places.get(sampleId);
        if (!place) {
          return [];
        }
        // A doubt was about the class that the picture was in.
        const doubt = wrong.get(sampleId);
        const takenFor = doubt && doubt.classId === card.id ? doubt.predictedClassId : null;
        const isTwin = place.twinOf !== null && card.sampleIds.includes(place.twinOf);
        const [x, y, slot] = [place.x, place.y, card.slot];
        return [{ sampleId, card, slot, x, y, isDoubtful: takenFor !== null, isTwin, takenFor }];
      }),
    );
    const present = new Set(points.map(({ sampleId }) => sampleId));
    chosen = new Set([...chosen].filter((id) => present.has(id)));
    changed('map-changed');
  }

  /** Where the map was drawn before, the new one is not its mirror image. @param {import('../engine/headstart.js').PictureMap['pictures']} found */
  function turned(found) {
    const sides = { x: 0, y: 0 };
    for (const { sampleId, x, y } of found) {
      const before = places.get(sampleId);
      sides.x += (before?.x ?? 0) * x;
      sides.y += (before?.y ?? 0) * y;
    }
    const [across, up] = [sides.x < 0 ? -1 : 1, sides.y < 0 ? -1 : 1];
    return new Map(found.map(({ sampleId, x, y, twinOf }) => [sampleId, { x: across * x, y: up * y, twinOf }]));
  }

  async function ask() {
    if (!engine.trainer || isAsking) {
      return;
    }
    isAsking = true;
    isStale = false;
    changed('map-changed');
    try {
      const found = await engine.trainer.pictureMap();
      axes = found.axes;
      places = turned(found.pictures);
    } catch (error) {
      isStale = true;
      notices.fail(error);
    }
    isAsking = false;
    arrange();
  }

  watch(['samples-changed', 'samples-removed', 'classes-changed', 'training-ended', 'dialog-changed'], () => {
    // What is gone or in another class leaves the others where they are; what is new has no place yet.
    isStale ||= mapped().some(({ sampleIds }) => sampleIds.some((id) => !places.has(id)));
    if (isOpen() && isStale && countNow() >= FEWEST) {
      void ask();
    } else if (isOpen()) {
      arrange();
    }
  });
  watch(['backbone-changed'], () => {
    isStale = true;
  });

  return {
    get points() {
      return points;
    },
    get axes() {
      return axes;
    },
    get isAsking() {
      return isAsking;
    },
    get hasEnough() {
      return countNow() >= FEWEST;
    },
    get count() {
      return countNow();
    },
    /** @returns {ReadonlySet<number>} */
    get chosen() {
      return chosen;
    },
    /** @param {Iterable<number>} sampleIds @param {boolean} [isMore] besides those that are chosen */
    choose(sampleIds, isMore = false) {
      chosen = new Set(isMore ? [...chosen, ...sampleIds] : sampleIds);
      changed('map-changed');
    },
    /** @param {number} sampleId */
    toggle(sampleId) {
      const more = new Set(chosen);
      if (!more.delete(sampleId)) {
        more.add(sampleId);
      }
      chosen = more;
      changed('map-changed');
    },
    async remove() {
      await samples.remove([...chosen]);
    },
    /** @param {number} classKey */
    async move(classKey) {
      await samples.move([...chosen], classKey);
      chosen = new Set();
      changed('map-changed');
    },
    thumbOf: thumbs.of,
  };
}

/**
 * Small pictures, made when they are first asked for.
 *
 * @param {import('./samples.js').Samples} samples
 * @param {() => void} onMade
 */
function createThumbs(samples, onMade) {
  /** By sample, the one that was asked for last at the end. @type {Map<number, number>} */
  const cells = new Map();
  /** Wanted, or under way. @type {Set<number>} */
  const asked = new Set();
  /** @type {number[]} */
  const wanted = [];
  let decoding = 0;
  /** @type {CanvasRenderingContext2D | null} */
  let context = null;
  /** @type {ReturnType<typeof startDecoder> | null} */
  let decoder = null;

  function freeCell() {
    if (cells.size < THUMBS_ACROSS ** 2) {
      return cells.size;
    }
    const [oldest] = cells.keys();
    const cell = /** @type {number} */ (cells.get(oldest));
    cells.delete(oldest);
    return cell;
  }

  /** @param {number} cell */
  const placeOf = (cell) => ({
    left: (cell % THUMBS_ACROSS) * THUMB_PX,
    top: Math.floor(cell / THUMBS_ACROSS) * THUMB_PX,
    side: THUMB_PX,
  });

  function begin() {
    if (!context) {
      const canvas = document.createElement('canvas');
      canvas.width = THUMBS_ACROSS * THUMB_PX;
      canvas.height = canvas.width;
      context = canvas.getContext('2d');
    }
    decoder ??= startDecoder();
    return /** @type {CanvasRenderingContext2D} */ (context);
  }

  async function makeNext() {
    const sampleId = decoding < MOST_DECODING ? wanted.pop() : undefined;
    if (sampleId === undefined) {
      return;
    }
    decoding += 1;
    try {
      const drawn = begin();
      const bitmap = await /** @type {NonNullable<typeof decoder>} */ (decoder).decode(await samples.picture(sampleId));
      const cell = freeCell();
      cells.set(sampleId, cell);
      const { left, top, side } = placeOf(cell);
      drawn.drawImage(bitmap, left, top, side, side);
      bitmap.close();
      asked.delete(sampleId);
      onMade();
    } catch {
      // It was deleted meanwhile, or cannot be read: it is not asked for again.
    }
    decoding -= 1;
    void makeNext();
  }

  return {
    /** @param {number} sampleId */
    of(sampleId) {
      const cell = cells.get(sampleId);
      if (cell !== undefined && context) {
        cells.delete(sampleId);
        cells.set(sampleId, cell);
        return { image: context.canvas, ...placeOf(cell) };
      }
      if (!asked.has(sampleId)) {
        asked.add(sampleId);
        wanted.push(sampleId);
        for (const forgotten of wanted.splice(0, Math.max(0, wanted.length - THUMBS_ACROSS ** 2))) {
          asked.delete(forgotten);
        }
        void makeNext();
      }
      return null;
    },
  };
}
