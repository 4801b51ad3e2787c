// Where the tests' pictures come from: photographs of hands where the shared folder is there, else drawn things.

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import jpeg from 'jpeg-js';
import { drawThing } from '../../pictures/draw.mjs';
import { encodePng, encodeY4m } from '../../pictures/encode.mjs';

const root = fileURLToPath(new URL('../../../', import.meta.url));
export const sharedFolder = process.env.HEADSTART_SHARED ?? join(root, '..', 'shared');
const photographs = join(sharedFolder, 'datasets', 'sign_language_digits');

export const hasPhotographs = existsSync(photographs);
/** Why a test that needs real pictures is skipped. */
export const noPhotographs = `no photographs at ${photographs}`;

/** Three signs that nobody confuses: a fist around a hole, an open hand, two fingers; or three drawn things. */
const CLASSES = hasPhotographs ? ['0', '5', '2'] : ['ball', 'house', 'ladder'];
/** Of each class this many are recorded; the others stay unseen until the test asks about them. */
const SEEN = hasPhotographs ? 60 : 24;
const UNSEEN = hasPhotographs ? 25 : 12;
/** What an ordinary webcam gives. */
const CAMERA_SIZE = { widthPx: 640, heightPx: 480 };

/**
 * @typedef {object} PictureClass
 * @property {string} name
 * @property {Buffer} film For a pretended camera, over and over.
 * @property {Buffer[]} unseen Encoded pictures that are not in the film.
 */

/** @type {PictureClass[] | null} */
let made = null;

/** The classes of the main job. */
export function pictureClasses() {
  made ??= makeClasses();
  return made;
}

/** @returns {PictureClass[]} */
function makeClasses() {
  return CLASSES.map((name) => {
    if (!hasPhotographs) {
      const draw = (/** @type {number} */ first, /** @type {number} */ count) =>
        Array.from({ length: count }, (_, index) => drawThing(name, first + index, CAMERA_SIZE));
      return whenAsked(
        name,
        () => draw(0, SEEN),
        () => draw(1000, UNSEEN).map((picture) => encodePng(picture)),
      );
    }
    const files = readdirSync(join(photographs, name)).sort();
    const pictures = files.map((file) => readFileSync(join(photographs, name, file)));
    return whenAsked(
      `sign ${name}`,
      () => pictures.slice(0, SEEN).map((picture) => asCameraFrame(picture)),
      () => pictures.slice(SEEN, SEEN + UNSEEN),
    );
  });
}

/**
 * A class whose frames are made when a test asks for them: they take a second or two.
 *
 * @param {string} name
 * @param {() => import('../../pictures/rasteriser.mjs').Pixels[]} seen
 * @param {() => Buffer[]} unseen
 * @returns {PictureClass}
 */
function whenAsked(name, seen, unseen) {
  /** @type {Buffer | null} */
  let film = null;
  /** @type {Buffer[] | null} */
  let others = null;
  return {
    name,
    get film() {
      film ??= encodeY4m(seen(), 15);
      return film;
    },
    get unseen() {
      others ??= unseen();
      return others;
    },
  };
}

/**
 * A photograph as a camera would show it: in the middle of the frame, which is continued to the sides by its mirror image.
 *
 * @param {Buffer} picture JPEG
 * @param {{ widthPx: number, heightPx: number }} [size] Even.
 */
function asCameraFrame(picture, { widthPx: width, heightPx: height } = CAMERA_SIZE) {
  const photograph = jpeg.decode(picture, { useTArray: true });
  const scale = Math.min(width, height) / photograph.height;
  const [columns, rows] = [
    linearWeights(width, scale, photograph.width),
    linearWeights(height, scale, photograph.height),
  ];
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1) {
    const above = 4 * photograph.width * rows.from[y];
    const below = 4 * photograph.width * rows.to[y];
    for (let x = 0; x < width; x += 1) {
      const [left, right, part] = [4 * columns.from[x], 4 * columns.to[x], columns.part[x]];
      const at = 4 * (y * width + x);
      for (let channel = 0; channel < 4; channel += 1) {
        const upper = mixed(photograph.data, above + left + channel, above + right + channel, part);
        const lower = mixed(photograph.data, below + left + channel, below + right + channel, part);
        data[at + channel] = upper + (lower - upper) * rows.part[y];
      }
    }
  }
  return { data, width, height };
}

/** @param {Uint8Array} data @param {number} from @param {number} to @param {number} part */
const mixed = (data, from, to, part) => data[from] + (data[to] - data[from]) * part;

/**
 * Between which two pixels of the smaller picture each of the larger lies, centred, mirrored beyond the edges.
 *
 * @param {number} length
 * @param {number} scale
 * @param {number} smallLength
 */
function linearWeights(length, scale, smallLength) {
  const [from, to, part] = [new Int32Array(length), new Int32Array(length), new Float32Array(length)];
  for (let index = 0; index < length; index += 1) {
    const place = (index + 0.5 - length / 2) / scale + smallLength / 2;
    const inside = Math.abs(place < smallLength ? place : 2 * smallLength - place);
    const near = Math.min(Math.max(inside - 0.5, 0), smallLength - 1.001);
    from[index] = Math.floor(near);
    to[index] = from[index] + 1;
    part[index] = near - from[index];
  }
  return { from, to, part };
}

/**
 * A film that a browser plays as its camera, and that can be replaced: the next opening of the camera shows the new one.
 *
 * @param {string} name
 */
export function createFilm(name) {
  const folder = join(tmpdir(), `headstart-test-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.y4m`);
  return {
    path,
    /** @param {Buffer} content */
    replace(content) {
      writeFileSync(`${path}.new`, content);
      renameSync(`${path}.new`, path); // at once: the browser may be reading
    },
    remove: () => rmSync(path, { force: true }),
  };
}
