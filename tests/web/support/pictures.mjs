/**
 * Where the tests' pictures come from: photographs of hands where the shared folder is there, else drawn things.
 */

import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
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
const SEEN = hasPhotographs ? 70 : 30;
const UNSEEN = hasPhotographs ? 25 : 12;
const DRAWN_SIZE = { widthPx: 192, heightPx: 144 };

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
      const range = (from, count) => Array.from({ length: count }, (_, index) => from + index);
      const seen = range(0, SEEN).map((seed) => drawThing(name, seed, DRAWN_SIZE));
      const unseen = range(1000, UNSEEN).map((seed) => encodePng(drawThing(name, seed, DRAWN_SIZE)));
      return { name, film: encodeY4m(seen, 15), unseen };
    }
    const files = readdirSync(join(photographs, name)).sort();
    const pictures = files.map((file) => readFileSync(join(photographs, name, file)));
    return {
      name: `sign ${name}`,
      film: Buffer.concat(pictures.slice(0, SEEN)), // MJPEG is one JPEG after the other
      unseen: pictures.slice(SEEN, SEEN + UNSEEN),
    };
  });
}

/** The browser tells the format of a camera's film by the name of its file. */
const EXTENSION = hasPhotographs ? 'mjpeg' : 'y4m';

/**
 * A film that a browser plays as its camera, and that can be replaced: the next opening of the camera shows the new one.
 *
 * @param {string} name
 */
export function createFilm(name) {
  const folder = join(tmpdir(), `headstart-test-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.${EXTENSION}`);
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
